import type { ModelTensors } from '../models/model';
import { inputOf } from './foreign';
import { loadNativeRuntime } from './native-runtime';
import { upTo } from './onnx-session';

/**
 * What an ONNX file's output is for one picture, of what its head does not say.
 * @returns undefined where the native runtime is missing, or does not run the model.
 */
export async function outputShape(
  file: string,
  { input, output }: { input: ModelTensors['input']; output: string },
  size: number,
): Promise<readonly number[] | undefined> {
  try {
    const { InferenceSession, Tensor } = loadNativeRuntime();
    const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
    const { data, dims } = inputOf(new Float32Array(3 * size * size), 1, size, input);
    const given = await session.run({ [input.name]: new Tensor('float32', data, dims) }, upTo(session, output));
    return given[output].dims;
  } catch {
    return undefined;
  }
}
