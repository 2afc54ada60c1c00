import { inFullBatches } from '../../plugin/engines/full-batches';
import { loadNativeRuntime } from '../../plugin/engines/native-runtime';
import { createOnnxruntimeEngine } from '../../plugin/engines/onnxruntime';
import { engineSuite } from './engine.suite';

const BATCH = 8;
const hasProvider = loadNativeRuntime().providers.some((name) => name !== 'cpu');

engineSuite({
  name: 'onnxruntime',
  factory: async (options) => inFullBatches(await createOnnxruntimeEngine({ ...options, devices: 'gpu' }), BATCH),
  skip: hasProvider
    ? undefined
    : 'the onnxruntime that comes with this package is for CPUs: docs/engines.md says which is not',
  device: /^(cuda|dml|coreml|webgpu)$/,
  // TF32 has ten bits of mantissa.
  tolerance: 2e-3,
});
