import { readFile } from 'node:fs/promises';
import type * as Common from 'onnxruntime-common';
import type { ModelTensors, Preprocessing } from '../models/model';
import { onnxBytes, readOnnx } from '../models/onnx-file';
import { inFloat32, withFloat32 } from '../models/onnx-float32';
import type { EngineSession } from './engine';
import { type RawTensor, runForeign } from './foreign';
import { isLargeModel } from './large-model';
import { PIXELS, pixelModel } from './pixel-model';

interface Runtime {
  InferenceSession: Pick<typeof Common.InferenceSession, 'create'>;
  Tensor: typeof Common.Tensor;
}

interface OpenOptions {
  engine: string;
  /** What the session says that it runs on. */
  device: string;
  preprocessing?: Preprocessing;
  tensors?: ModelTensors;
  options: Common.InferenceSession.SessionOptions;
}

/** Opens an ONNX file as it is, or with its preprocessing in front, in any build of onnxruntime. */
export async function openSession(runtime: Runtime, file: string, opening: OpenOptions): Promise<EngineSession> {
  const { InferenceSession, Tensor } = runtime;
  const { engine, device, preprocessing, tensors, options } = opening;
  if (tensors) return openForeign(runtime, file, { ...opening, tensors });
  // A large one takes so long for a picture that its preprocessing does not count.
  const inFront = preprocessing && !(await isLargeModel(file));
  const bytes = inFront && onnxBytes(pixelModel(await readOnnx(file), preprocessing));
  const session = await (bytes ? InferenceSession.create(bytes, options) : InferenceSession.create(file, options));
  const input = session.inputNames.includes(PIXELS) ? 'pixels' : 'floats';
  const name = input === 'pixels' ? PIXELS : 'image';
  const size = preprocessing?.size ?? (await sizeOf(file));
  const shape = input === 'pixels' ? [size, size, 3] : [3, size, size];
  const [withoutFeatures, withFeatures] = [upTo(session, 'embedding'), upTo(session, 'embedding', 'features')];

  return {
    engine,
    device,
    input,
    async run(batch, n, { features = false } = {}) {
      const type = input === 'pixels' ? 'uint8' : 'float32';
      const pictures = new Tensor(type, batch as Float32Array, [n, ...shape]);
      const output = await session.run({ [name]: pictures }, features ? withFeatures : withoutFeatures);
      const floats = (which: string) => output[which].data as Float32Array;
      return { embedding: floats('embedding'), ...(features && { features: floats('features') }) };
    },
    // Older releases of the native runtime know no other way than to be collected.
    dispose: async () => session.release?.(),
  };
}

/** A model that was not made for this package. Its preprocessing is done outside: most of them take long for a picture. */
async function openForeign(
  { InferenceSession, Tensor }: Runtime,
  file: string,
  { engine, device, preprocessing, tensors, options }: OpenOptions & { tensors: ModelTensors },
): Promise<EngineSession> {
  const isHalf = tensors.input.type === 'float16' || tensors.output.type === 'float16';
  const session = await (isHalf
    ? InferenceSession.create(withFloat32(await readFile(file), tensors), options)
    : InferenceSession.create(file, options));
  const [input, output] = [tensors.input.name, tensors.output.name].map((name) => (isHalf ? inFloat32(name) : name));
  const requested = upTo(session, output);
  const size = preprocessing?.size ?? (await sizeOf(file));
  const run = async ({ data, dims }: RawTensor): Promise<RawTensor> => {
    const given = await session.run({ [input]: new Tensor('float32', data, dims) }, requested);
    return given[output] as Common.TypedTensor<'float32'>;
  };
  return {
    engine,
    device,
    input: 'floats',
    run: (batch, n) => runForeign(batch as Float32Array, n, { size, tensors }, run),
    dispose: async () => session.release?.(),
  };
}

/** Only requested outputs are copied out of the runtime. Release 1.16 mixes up the names unless the first outputs are requested. */
export function upTo({ outputNames }: Pick<Common.InferenceSession, 'outputNames'>, ...wanted: string[]): string[] {
  return outputNames.slice(0, Math.max(...wanted.map((output) => outputNames.indexOf(output))) + 1);
}

/** Edge of the square pictures that the model takes. */
async function sizeOf(file: string): Promise<number> {
  const { graph } = await readOnnx(file);
  const dims = graph.input.find(({ name }) => name === 'image')?.type.tensor_type.shape.dim ?? [];
  const [, channels, height, width] = dims.map(({ dim_value }) => Number(dim_value));
  if (channels !== 3 || !(height > 0) || height !== width)
    throw new TypeError('The model has no input `image` of three channels and a fixed, square size.');
  return height;
}
