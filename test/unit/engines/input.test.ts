import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWriteInput } from '../../../plugin/engines/input';

test('input: planes in the order of the channels, (value − mean) / std', () => {
  const pixels = Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120); // 2 × 2
  const batch = new Float32Array(14).fill(-1);
  createWriteInput({ size: 2, resize: 'lanczos3', channels: 'rgb', mean: [10, 20, 30], std: [1, 2, 10] })(
    pixels,
    batch,
    1,
  );
  assert.deepEqual([...batch], [-1, 0, 30, 60, 90, 0, 15, 30, 45, 0, 3, 6, 9, -1]);
});

test('input: bgr puts blue first, with mean and std in that order', () => {
  const batch = new Float32Array(3);
  createWriteInput({ size: 1, resize: 'nearest', channels: 'bgr', mean: [1, 2, 3], std: [1, 1, 2] })(
    Uint8Array.of(103, 52, 31),
    batch,
    0,
  );
  assert.deepEqual([...batch], [30, 50, 50]);
});

test('input: the mean is subtracted in float32, as Keras does', () => {
  const batch = new Float32Array(3);
  const mean = [103.939, 116.779, 123.68] as const;
  createWriteInput({ size: 1, resize: 'nearest', channels: 'bgr', mean, std: [1, 1, 1] })(
    Uint8Array.of(7, 7, 7),
    batch,
    0,
  );
  assert.deepEqual(
    [...batch],
    [
      Math.fround(7 - Math.fround(103.939)),
      Math.fround(7 - Math.fround(116.779)),
      Math.fround(7 - Math.fround(123.68)),
    ],
  );
});
