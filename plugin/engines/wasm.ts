import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EngineFactory } from './engine';
import { openSession } from './onnx-session';
import { type CauseAndRemedy, engineUnavailable } from './unavailable';

const NOT_LOADED: readonly CauseAndRemedy[] = [
  ['files of this package are missing', 'install strapi-plugin-similar again'],
];

const NOT_STARTED: readonly CauseAndRemedy[] = [
  ['the model file is damaged, or newer than this runtime', 'download the model again'],
  ['there is not enough memory', 'give the process more memory, or choose a smaller model'],
];

/** The three files of onnxruntime-web that Node needs: the package has 139 MB more (scripts/build/copy-wasm.mjs). */
const OWN = path.join(__dirname, 'onnxruntime-web/ort.node.min.js');

type WasmRuntime = typeof import('onnxruntime-web');

/** @throws Error when files of this package are missing. */
export function loadWasmRuntime(threads: number): WasmRuntime {
  const ort: WasmRuntime = require(existsSync(OWN) ? OWN : 'onnxruntime-web');
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return ort;
}

/**
 * onnxruntime compiled to WebAssembly: runs the same files wherever Node runs, musl included, several times as slow as the native one
 * and always in float32.
 */
export const createWasmEngine: EngineFactory = async ({
  modelPath,
  threads,
  devices = 'cpu',
  preprocessing,
  tensors,
}) => {
  let ort: WasmRuntime;
  try {
    if (devices === 'gpu') throw new Error('it only runs on the CPU');
    ort = loadWasmRuntime(threads);
  } catch (error) {
    throw engineUnavailable('wasm', 'could not be loaded', error, NOT_LOADED);
  }
  try {
    return await openSession(ort, modelPath, {
      engine: 'wasm',
      device: 'wasm',
      preprocessing,
      tensors,
      options: { executionProviders: ['wasm'] },
    });
  } catch (error) {
    throw engineUnavailable('wasm', 'could not open the model', error, NOT_STARTED);
  }
};
