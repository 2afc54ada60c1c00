import path from 'node:path';
import util from 'node:util';
import type * as Tf from '@tensorflow/tfjs-core';

export type { Tf };

export interface Backend {
  tf: typeof Tf;
  /** The device that is really used. */
  device: string;
}

type Load = () => Promise<Backend>;

/** tfjs-node calls functions that Node 23 removed (tensorflow/tfjs#8425). */
function restoreRemovedFunctions(): void {
  const node = util as unknown as Record<string, unknown>;
  node.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  node.isArray ??= Array.isArray;
}

/** SIMILAR_TFJS_DIR: a folder whose node_modules holds TensorFlow.js, if it is not installed next to the plugin. */
function requireNode(name: string): typeof Tf {
  restoreRemovedFunctions();
  const own = process.env.SIMILAR_TFJS_DIR;
  return require(own ? require.resolve(name, { paths: [path.resolve(own)] }) : name);
}

/** When CUDA is missing, it silently falls back to the CPU (tensorflow/tfjs#8362), which is not a GPU. */
const gpu: Load = async () => {
  const tf = requireNode('@tensorflow/tfjs-node-gpu');
  await tf.ready();
  if (!(tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice)
    throw new Error('tfjs-node-gpu runs on the CPU: CUDA or its driver was not found');
  return { tf, device: 'gpu' };
};

const node: Load = async () => {
  const tf = requireNode('@tensorflow/tfjs-node');
  await tf.ready();
  return { tf, device: 'cpu' };
};

const wasm: Load = async () => {
  const tf = require('@tensorflow/tfjs-core') as typeof Tf;
  const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`);
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend did not start');
  return { tf, device: 'wasm' };
};

/** Fastest first. */
export const BACKENDS: Record<'gpu' | 'cpu', Array<[name: string, load: Load]>> = {
  gpu: [['@tensorflow/tfjs-node-gpu', gpu]],
  cpu: [
    ['@tensorflow/tfjs-node', node],
    ['@tensorflow/tfjs-backend-wasm', wasm],
  ],
};
