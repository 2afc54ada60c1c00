import { readFile } from 'node:fs/promises';
import type * as Common from 'onnxruntime-common';
import { upTo } from '../../engines/onnx-session';
import { inFloat32, withFloat32 } from '../../models/onnx-float32';
import type { TextTensors } from '../../models/text-tower';
import { normalise } from '../../vectors/cosine';
import type { Tokens } from './tokens';

interface Runtime {
  InferenceSession: Pick<typeof Common.InferenceSession, 'create'>;
  Tensor: typeof Common.Tensor;
}

export interface OpenTower {
  path: string;
  dims: number;
  tensors: TextTensors;
  options: Common.InferenceSession.SessionOptions;
}

/** Opens a text tower in any build of onnxruntime. @returns makes a vector of unit length of one text. */
export async function openTower({ InferenceSession, Tensor }: Runtime, { path, dims, tensors, options }: OpenTower) {
  const { output } = tensors;
  const isHalf = output.type === 'float16';
  const session = await (isHalf
    ? InferenceSession.create(withFloat32(await readFile(path), { output }), options)
    : InferenceSession.create(path, options));
  const name = isHalf ? inFloat32(output.name) : output.name;
  const requested = upTo(session, name);

  function integers(values: number[]): Common.Tensor {
    const shape = [1, values.length];
    return tensors.integers === 'int64'
      ? new Tensor('int64', BigInt64Array.from(values, BigInt), shape)
      : new Tensor('int32', Int32Array.from(values), shape);
  }

  return async ({ ids, mask }: Tokens): Promise<Float32Array> => {
    const given = await session.run(
      {
        [tensors.ids]: integers(ids),
        ...(tensors.mask && { [tensors.mask]: integers(mask) }),
        ...(tensors.types && { [tensors.types]: integers(ids.map(() => 0)) }),
      },
      requested,
    );
    const { data, dims: shape } = given[name];
    if (data.length !== dims) {
      throw new Error(`text.output.name: expected [1, ${dims}], but ${output.name} is [${shape.join(', ')}]`);
    }
    const vector = normalise(Float32Array.from(data as Float32Array));
    if (!vector) throw new Error('The text tower gives numbers that are infinite or none.');
    return vector;
  };
}
