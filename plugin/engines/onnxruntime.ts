import type { InferenceSession } from 'onnxruntime-node';
import type { EngineFactory } from './engine';
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

/** Runs the ONNX file as it is, in fp32. `run` blocks its thread: call it from a worker thread. */
export const createOnnxruntimeEngine: EngineFactory = async ({ modelPath, threads, devices = 'cpu' }) => {
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
      session = await ort.InferenceSession.create(modelPath, { ...options, executionProviders: [name] });
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
  const size = inputSize(running);

  return {
    engine: 'onnxruntime',
    device,
    async run(batch, n, { features = false } = {}) {
      const image = new ort.Tensor('float32', batch, [n, 3, size, size]);
      // Only the output that is asked for is copied out of the runtime.
      const output = await running.run({ image }, features ? ['embedding', 'features'] : ['embedding']);
      const floats = (name: string) => output[name].data as Float32Array;
      return { embedding: floats('embedding'), ...(features && { features: floats('features') }) };
    },
    dispose: () => running.release(),
  };
};

function inputSize(session: InferenceSession): number {
  const image = session.inputMetadata.find(({ name }) => name === 'image');
  const edge = image?.isTensor ? image.shape.at(-1) : undefined;
  if (typeof edge !== 'number') throw new TypeError('The model has no input `image` of fixed size.');
  return edge;
}
