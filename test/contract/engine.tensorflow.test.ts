import { engineFactory } from '../../plugin/engines';
import { engineSuite } from './engine.suite';

/** tfjs-node where scripts/engines/install-tfjs-node.mjs has put it; the WebAssembly backend is always there. */
const installed = process.env.SIMILAR_TFJS_DIR;

engineSuite({
  name: 'tensorflow',
  factory: (options) => engineFactory('tensorflow')(options),
  device: installed ? /^cpu$/ : /^wasm$/,
  tolerance: 1e-4,
});
