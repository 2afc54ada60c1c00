import { readOnnx } from '../../models/onnx-file';
import type { EngineFactory } from '../engine';
import { type CauseAndRemedy, engineUnavailable } from '../unavailable';
import { BACKENDS, type Backend, type Tf } from './backend';
import { buildNet } from './net';

const CAUSES: readonly CauseAndRemedy[] = [
  [
    'no TensorFlow.js is installed',
    'npm install @tensorflow/tfjs-node (or -gpu), or @tensorflow/tfjs-core with @tensorflow/tfjs-backend-wasm',
  ],
  [
    'its install script could not download libtensorflow',
    'see scripts/engines/install-tfjs-node.mjs for a way that only needs package registries',
  ],
  [
    'CUDA or its driver is missing, for tfjs-node-gpu',
    'install the versions that TensorFlow 2.9 requires, or use the CPU',
  ],
  ['the model file is damaged', 'download the model again'],
];

/** Builds the ONNX file's net with TensorFlow.js and runs it. `run` blocks its thread: call it from a worker thread. */
export const createTensorflowEngine: EngineFactory = async ({ modelPath, devices = 'cpu', tensors }) => {
  if (tensors) {
    const reason = new Error('it builds the models of this package only');
    throw engineUnavailable('tensorflow', 'cannot run this model', reason, [
      ['the model is one of `models.custom`', 'use onnxruntime'],
    ]);
  }
  const { tf, device } = await firstThatLoads(devices);
  let net: ReturnType<typeof buildNet>;
  try {
    net = buildNet(tf, await readOnnx(modelPath));
  } catch (error) {
    throw engineUnavailable('tensorflow', 'could not open the model', error, CAUSES);
  }

  return {
    engine: 'tensorflow',
    device,
    input: 'floats',
    async run(batch, n, { features: wanted = false } = {}) {
      const { embedding, features } = tf.tidy(() => {
        const image = tf.tensor4d(batch, [n, 3, net.size, net.size]);
        const { embedding, features } = net.run(tf.transpose(image, [0, 2, 3, 1]) as Tf.Tensor4D);
        return wanted ? { embedding, features } : { embedding };
      }) as { embedding: Tf.Tensor; features?: Tf.Tensor };
      try {
        return {
          embedding: (await embedding.data()) as Float32Array,
          ...(features && { features: (await features.data()) as Float32Array }),
        };
      } finally {
        embedding.dispose();
        features?.dispose();
      }
    },
    async dispose() {
      net.dispose();
    },
    memory: () => ({ tensors: tf.memory().numTensors }),
  };
};

async function firstThatLoads(devices: 'gpu' | 'cpu'): Promise<Backend> {
  const failures: string[] = [];
  for (const [name, load] of BACKENDS[devices]) {
    try {
      return await load();
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw engineUnavailable('tensorflow', 'could not be loaded', new Error(failures.join('; ')), CAUSES);
}
