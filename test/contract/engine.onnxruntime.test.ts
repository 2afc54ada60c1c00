import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENGINE_NAMES, engineFactory } from '../../plugin/engines';
import { engineSuite } from './engine.suite';

engineSuite({
  name: 'onnxruntime',
  factory: (options) => engineFactory('onnxruntime')(options),
  device: /^cpu$/,
  tolerance: 1e-5,
});

test('an engine that is not in the table is refused, with the names that are', () => {
  for (const name of ['', 'onnx', 'constructor']) {
    assert.throws(
      () => engineFactory(name),
      (error: Error & { code?: string }) =>
        error.code === 'INVALID_CONFIG' && ENGINE_NAMES.every((known) => error.message.includes(known)),
    );
  }
});
