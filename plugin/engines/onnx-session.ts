import type * as Common from 'onnxruntime-common';
import type { Preprocessing } from '../models/model';
import { onnxBytes, readOnnx } from '../models/onnx-file';
import type { EngineSession } from './engine';
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
  options: Common.InferenceSession.SessionOptions;
}

/** Opens an ONNX file as it is, or with its preprocessing in front, in any build of onnxruntime. */
export async function openSession(
  { InferenceSession, Tensor }: Runtime,
  file: string,
  { engine, device, preprocessing, options }: OpenOptions,
): Promise<EngineSession> {
  // A large one takes so long for a picture that its preprocessing does not count.
  const inFront = preprocessing && !(await isLargeModel(file));
  const bytes = inFront && onnxBytes(pixelModel(await readOnnx(file), preprocessing));
  const session = await (bytes ? InferenceSession.create(bytes, options) : InferenceSession.create(file, options));
  const input = session.inputNames.includes(PIXELS) ? 'pixels' : 'floats';
  const name = input === 'pixels' ? PIXELS : 'image';
  const size = preprocessing?.size ?? (await sizeOf(file));
  const shape = input === 'pixels' ? [size, size, 3] : [3, size, size];
  /** Only requested outputs are copied out of the runtime. Release 1.16 mixes up the names unless the first outputs are requested. */
  const upTo = (...wanted: string[]) =>
    session.outputNames.slice(0, Math.max(...wanted.map((output) => session.outputNames.indexOf(output))) + 1);
  const [withoutFeatures, withFeatures] = [upTo('embedding'), upTo('embedding', 'features')];

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

/** Edge of the square pictures that the model takes. */
async function sizeOf(file: string): Promise<number> {
  const { graph } = await readOnnx(file);
  const dims = graph.input.find(({ name }) => name === 'image')?.type.tensor_type.shape.dim ?? [];
  const [, channels, height, width] = dims.map(({ dim_value }) => Number(dim_value));
  if (channels !== 3 || !(height > 0) || height !== width)
    throw new TypeError('The model has no input `image` of three channels and a fixed, square size.');
  return height;
}
