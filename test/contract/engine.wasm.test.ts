import { engineFactory } from '../../plugin/engines';
import { engineSuite } from './engine.suite';

engineSuite({
  name: 'wasm',
  factory: (options) => engineFactory('wasm')(options),
  device: /^wasm$/,
  tolerance: 1e-5,
});
