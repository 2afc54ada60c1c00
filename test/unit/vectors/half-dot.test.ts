import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dotFloat16 } from '../../../plugin/vectors/cosine';
import { encodeFloat16, HALF_TO_FLOAT } from '../../../plugin/vectors/float16';
import { createHalfDot } from '../../../plugin/vectors/half-dot';
import { HALF_DOT_WASM } from '../../../plugin/vectors/half-dot.wasm';
import { createRandom } from '../../../plugin/vectors/random';
import { assemble } from '../../../scripts/vectors/assemble-half-dot';

const random = createRandom(7);
const vector = (dims: number) => {
  const numbers = Float32Array.from({ length: dims }, () => random() - 0.5);
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
};
const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `expected ${expected} but received ${actual}`);

test('the module is the one of half-dot.wat', async () => {
  assert.equal(HALF_DOT_WASM, await assemble());
});

test('every finite half, normal or not', () => {
  const halfDot = createHalfDot(1)(Float32Array.of(1));
  for (let half = 0; half < HALF_TO_FLOAT.length; half++) {
    const expected = HALF_TO_FLOAT[half];
    if (Number.isFinite(expected)) assert.equal(halfDot(Uint16Array.of(half), 0), expected + 0, `half ${half}`);
  }
});

for (const dims of [1, 7, 8, 9, 1_280, 2_048, 20_000]) {
  test(`${dims} numbers: as in JavaScript, wherever the vector lies`, () => {
    const [query, halves] = [vector(dims), encodeFloat16(vector(dims))];
    const among = new Uint16Array(3 * dims).fill(0x3c00);
    among.set(halves, dims);
    close(createHalfDot(dims)(query)(among, dims), dotFloat16(query, halves, 0));
  });
}

test('queries in turn keep apart', () => {
  const dotWith = createHalfDot(100);
  const [a, b] = [vector(100), vector(100)];
  const [withA, withB] = [dotWith(a), dotWith(b)];
  const halves = encodeFloat16(vector(100));
  for (let turn = 0; turn < 2; turn++) {
    close(withA(halves, 0), dotFloat16(a, halves, 0));
    close(withB(halves, 0), dotFloat16(b, halves, 0));
  }
});
