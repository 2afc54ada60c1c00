import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Swatch } from '../../../plugin/colour/palette';
import { decodePalette, encodePalette } from '../../../plugin/colour/palette-bytes';

const palette: Swatch[] = [
  { colour: [0.5, -0.25, 0.125], share: 0.75 },
  { colour: [1, 0, 0], share: 0.25 },
];

test('a palette comes back as it was, also out of the middle of a buffer', () => {
  const bytes = encodePalette(palette);
  assert.equal(bytes.length, 81);
  assert.deepEqual(decodePalette(bytes), palette);
  const within = new Uint8Array(100);
  within.set(bytes, 7);
  assert.deepEqual(decodePalette(within.subarray(7, 88)), palette);
});

test('of another version, or cut off, it is none', () => {
  const bytes = encodePalette(palette);
  assert.equal(decodePalette(bytes.subarray(0, 80)), undefined);
  assert.equal(decodePalette(Uint8Array.of(0, ...bytes.subarray(1))), undefined);
});
