import type { InferenceSession } from 'onnxruntime-common';
import type { EngineFactory } from './engine';
import { loadNativeRuntime, type NativeRuntime } from './native-runtime';
import { openSession } from './onnx-session';
import { type CauseAndRemedy, engineUnavailable } from './unavailable';

const NOT_LOADED: readonly CauseAndRemedy[] = [
  ['the C library is musl (Alpine) or older than glibc 2.28', 'use an image based on Debian, such as node:20-slim'],
  ['node_modules comes from another platform', 'delete node_modules and install again on this machine'],
  ['the platform has no prebuilt library', 'run on Linux, macOS or Windows, x64 or arm64'],
];

const NOT_STARTED: readonly CauseAndRemedy[] = [
  ['the model file is damaged, or newer than this runtime', 'download the model again'],
  ['there is not enough memory', 'give the process more memory, or choose a smaller model'],
];

const NO_GPU: readonly CauseAndRemedy[] = [
  [
    'there is no GPU, or its driver is not visible to this process',
    'run where `nvidia-smi` shows the card, or use the CPU',
  ],
  ['no onnxruntime with GPU support is installed', 'follow “A GPU” in docs/engines.md'],
];

/** Fastest first; the first that works is used. TensorRT takes minutes to build its plan, so it is off by default. */
const PROVIDERS: Record<'gpu' | 'cpu', readonly string[]> = { gpu: ['cuda', 'dml', 'coreml', 'webgpu'], cpu: ['cpu'] };

/** Runs the ONNX file as it is, or with its preprocessing in front. `run` blocks its thread: call it from a worker thread. */
export const createOnnxruntimeEngine: EngineFactory = async ({
  modelPath,
  threads,
  devices = 'cpu',
  preprocessing,
  tensors,
}) => {
  let runtime: NativeRuntime;
  try {
    runtime = loadNativeRuntime();
  } catch (error) {
    throw engineUnavailable('onnxruntime', 'could not be loaded', error, NOT_LOADED);
  }

  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Spinning threads would take the cores that decode the next batch. Known to newer releases only.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const failures: string[] = [];
  const requested = process.env.SIMILAR_TENSORRT === '1' ? ['tensorrt'] : [];
  for (const device of devices === 'gpu' ? [...requested, ...PROVIDERS.gpu] : PROVIDERS.cpu) {
    if (!runtime.providers.includes(device)) continue;
    try {
      const providers = { ...options, executionProviders: [device] };
      return await openSession(runtime, modelPath, {
        engine: 'onnxruntime',
        device,
        preprocessing,
        tensors,
        options: providers,
      });
    } catch (error) {
      failures.push(`${device}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  const failure = new Error(failures.join('; ') || 'this build has no provider for it');
  const causes = devices === 'gpu' ? NO_GPU : NOT_STARTED;
  throw engineUnavailable('onnxruntime', `could not open the model on a ${devices}`, failure, causes);
};
