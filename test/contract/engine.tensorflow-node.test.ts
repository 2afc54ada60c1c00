import { engineFactory } from '../../plugin/engines';
import { engineSuite } from './engine.suite';

/** Put there by scripts/engines/install-tfjs-node.mjs. */
const { SIMILAR_TFJS_DIR, SIMILAR_TFJS_MISSING } = process.env;

engineSuite({
  name: 'tensorflow',
  skip: SIMILAR_TFJS_DIR ? undefined : SIMILAR_TFJS_MISSING || 'SIMILAR_TFJS_DIR names no folder with tfjs-node',
  factory: (options) => engineFactory('tensorflow')(options),
  device: /^cpu$/,
  tolerance: 1e-4,
});
