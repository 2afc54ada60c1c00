import { stat } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import type { Preprocessing } from '../models/model';
import { onnxBytes, readOnnx } from '../models/onnx-file';
import type { EngineFactory } from './engine';
import { PIXELS, pixelModel } from './pixel-model';
import { type CauseAndRemedy, engineUnavailable } from './unavailable';

const NOT_LOADED: readonly CauseAndRemedy[] = [
  ['onnxruntime-node is not installed', 'npm install onnxruntime-node'],
  [
    'its native library is missing (optional parts were skipped, or node_modules comes from another platform)',
    'delete node_modules and install again on this machine, with ONNXRUNTIME_NODE_INSTALL=skip where only a package registry is reached',
  ],
  ['the C library is musl (Alpine) or older than glibc 2.28', 'use an image based on Debian, such as node:20-slim'],
  ['the platform has no prebuilt library', 'run on Linux, macOS or Windows, x64 or arm64'],
];

const NOT_STARTED: readonly CauseAndRemedy[] = [
  ['the model file is damaged, or newer than this runtime', 'fetch the model again, or update onnxruntime-node'],
  ['there is too little memory', 'give the process more memory, or choose a smaller model'],
];

const NO_GPU: readonly CauseAndRemedy[] = [
  [
    'there is no GPU, or its driver is not visible to this process',
    'run where `nvidia-smi` shows the card, or use the CPU',
  ],
  [
    'the CUDA providers of onnxruntime are not installed (its install step fetches them, unless it was skipped)',
    'put libonnxruntime_providers_cuda.so and _shared.so beside its .node file, and the CUDA libraries on LD_LIBRARY_PATH',
  ],
];

/** Fastest first; the first that works is used. TensorRT takes minutes to build its plan, so it has to be asked for. */
const PROVIDERS: Record<'gpu' | 'cpu', readonly string[]> = { gpu: ['cuda', 'dml', 'coreml', 'webgpu'], cpu: ['cpu'] };

/** A larger model takes so long for a picture that its preprocessing does not count, and is not held in memory twice for it. */
const LARGEST_WITH_PREPROCESSING = 40 * 2 ** 20;

/** Runs the ONNX file as it is, or with its preprocessing in front. `run` blocks its thread: call it from a worker thread. */
export const createOnnxruntimeEngine: EngineFactory = async ({
  modelPath,
  threads,
  devices = 'cpu',
  preprocessing,
}) => {
  let ort: typeof import('onnxruntime-node');
  try {
    ort = require('onnxruntime-node');
  } catch (error) {
    throw engineUnavailable('onnxruntime', 'could not be loaded', error, NOT_LOADED);
  }

  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Spinning threads would take the cores that decode the next batch.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  let session: InferenceSession | undefined;
  let device = '';
  const failures: string[] = [];
  const built = ort.listSupportedBackends().map(({ name }) => name);
  const asked = process.env.SIMILAR_TENSORRT === '1' ? ['tensorrt'] : [];
  for (const name of devices === 'gpu' ? [...asked, ...PROVIDERS.gpu] : PROVIDERS.cpu) {
    if (!built.includes(name)) continue;
    try {
      const providers = { ...options, executionProviders: [name] };
      const bytes = preprocessing && (await withPreprocessing(modelPath, preprocessing));
      session = await (bytes
        ? ort.InferenceSession.create(bytes, providers)
        : ort.InferenceSession.create(modelPath, providers));
      device = name;
      break;
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  if (!session) {
    const failure = new Error(failures.join('; ') || 'this build has no provider for it');
    const causes = devices === 'gpu' ? NO_GPU : NOT_STARTED;
    throw engineUnavailable('onnxruntime', `could not open the model on a ${devices}`, failure, causes);
  }
  const running = session;
  const input = running.inputNames.includes(PIXELS) ? 'pixels' : 'floats';
  const name = input === 'pixels' ? PIXELS : 'image';
  const shape = shapeOf(running, name);

  return {
    engine: 'onnxruntime',
    device,
    input,
    async run(batch, n, { features = false } = {}) {
      const type = input === 'pixels' ? 'uint8' : 'float32';
      const pictures = new ort.Tensor(type, batch as Float32Array, [n, ...shape]);
      // Only the output that is asked for is copied out of the runtime.
      const output = await running.run({ [name]: pictures }, features ? ['embedding', 'features'] : ['embedding']);
      const floats = (which: string) => output[which].data as Float32Array;
      return { embedding: floats('embedding'), ...(features && { features: floats('features') }) };
    },
    dispose: () => running.release(),
  };
};

async function withPreprocessing(file: string, preprocessing: Preprocessing): Promise<Uint8Array | undefined> {
  if ((await stat(file)).size > LARGEST_WITH_PREPROCESSING) return undefined;
  return onnxBytes(pixelModel(await readOnnx(file), preprocessing));
}

/** Of one picture. */
function shapeOf(session: InferenceSession, name: string): number[] {
  const input = session.inputMetadata.find((metadata) => metadata.name === name);
  const shape = input?.isTensor ? input.shape.slice(1) : [];
  const numbers = shape.filter((length) => typeof length === 'number');
  if (numbers.length !== 3) throw new TypeError(`The model has no input \`${name}\` of fixed size.`);
  return numbers;
}
