import { engineFactory } from '../../plugin/engines';
import { engineSuite } from './engine.suite';

// Where tfjs-node is installed it would come first.
delete process.env.SIMILAR_TFJS_DIR;

engineSuite({
  name: 'tensorflow',
  factory: (options) => engineFactory('tensorflow')(options),
  device: /^wasm$/,
  tolerance: 1e-4,
});
