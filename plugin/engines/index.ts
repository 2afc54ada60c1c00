import { expected } from '../errors';
import type { EngineFactory } from './engine';

/** Name → driver. A driver's file, and the runtime behind it, is only loaded when the driver is needed. */
const ENGINES: Record<string, () => EngineFactory> = {
  onnxruntime: () => (require('./onnxruntime') as typeof import('./onnxruntime')).createOnnxruntimeEngine,
  tensorflow: () => (require('./tensorflow') as typeof import('./tensorflow')).createTensorflowEngine,
  wasm: () => (require('./wasm') as typeof import('./wasm')).createWasmEngine,
};

export const ENGINE_NAMES = Object.keys(ENGINES);

/** @throws SimilarError `INVALID_CONFIG` for a name that is not in the table. */
export function engineFactory(name: string): EngineFactory {
  if (!Object.hasOwn(ENGINES, name))
    throw expected(`one of ${ENGINE_NAMES.join(', ')}`, 'engine', name, 'INVALID_CONFIG');
  return ENGINES[name]();
}
