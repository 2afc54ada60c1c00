import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dot, normalise } from '../../../plugin/vectors/cosine';
import { decodeFloat16, encodeFloat16, HALF_TO_FLOAT, isFiniteFloat16 } from '../../../plugin/vectors/float16';

const encode = (value: number) => encodeFloat16(Float32Array.of(value))[0];

/** The float32 next to `value` (positive, finite), upwards or downwards. */
function nextFloat(value: number, step: 1 | -1): number {
  const float = Float32Array.of(value);
  new Uint32Array(float.buffer)[0] += step;
  return float[0];
}

describe('float16', () => {
  it('knows the numbers of the standard', () => {
    assert.equal(HALF_TO_FLOAT[0x3c00], 1);
    assert.equal(HALF_TO_FLOAT[0xc000], -2);
    assert.equal(HALF_TO_FLOAT[0x7bff], 65504);
    assert.equal(HALF_TO_FLOAT[0x0400], 2 ** -14);
    assert.equal(HALF_TO_FLOAT[0x0001], 2 ** -24);
    assert.equal(HALF_TO_FLOAT[0x3555], 0.333251953125);
    assert.equal(HALF_TO_FLOAT[0x7c00], Number.POSITIVE_INFINITY);
    assert.ok(Number.isNaN(HALF_TO_FLOAT[0x7e00]));
    assert.ok(Object.is(HALF_TO_FLOAT[0x8000], -0));
  });

  it('gives back every half that is a number', () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00);
    assert.deepEqual(encodeFloat16(decodeFloat16(halves)), halves);
  });

  it('keeps NaN a NaN', () => {
    assert.ok(Number.isNaN(HALF_TO_FLOAT[encode(Number.NaN)]));
    const smallPayload = new Float32Array(new Uint32Array([0x7f800001]).buffer);
    assert.ok(Number.isNaN(HALF_TO_FLOAT[encodeFloat16(smallPayload)[0]]));
  });

  it('rounds to nearest, ties to even, between all neighbours', () => {
    for (let lower = 0; lower < 0x7bff; lower++) {
      const middle = (HALF_TO_FLOAT[lower] + HALF_TO_FLOAT[lower + 1]) / 2; // exact in float32
      const even = lower % 2 === 0 ? lower : lower + 1;
      assert.equal(encode(middle), even, `tie above half ${lower}`);
      assert.equal(encode(-middle), even | 0x8000, `negative tie above half ${lower}`);
      assert.equal(encode(nextFloat(middle, -1)), lower, `below the tie above half ${lower}`);
      assert.equal(encode(nextFloat(middle, 1)), lower + 1, `above the tie above half ${lower}`);
    }
  });

  it('overflows to infinity and underflows to zero where the standard says', () => {
    assert.equal(encode(65519.996), 0x7bff);
    assert.equal(encode(65520), 0x7c00);
    assert.equal(encode(-1e30), 0xfc00);
    assert.equal(encode(2 ** -25), 0);
    assert.equal(encode(nextFloat(2 ** -25, 1)), 1);
    assert.equal(encode(1e-42), 0);
  });

  it('encodes a view that starts in the middle of its buffer', () => {
    const view = Float32Array.of(9, 1, -2).subarray(1);
    assert.deepEqual(encodeFloat16(view), Uint16Array.of(0x3c00, 0xc000));
  });

  it('tells finite vectors from others', () => {
    assert.ok(isFiniteFloat16(Uint16Array.of(0x3c00, 0xfbff, 0)));
    assert.ok(!isFiniteFloat16(Uint16Array.of(0x3c00, 0x7c00)));
    assert.ok(!isFiniteFloat16(Uint16Array.of(0xfe00, 0)));
  });
});

describe('cosine', () => {
  it('multiplies vectors of any length', () => {
    for (const length of [1, 3, 4, 7, 1280]) {
      const a = Float32Array.from({ length }, (_, i) => i + 1);
      const b = new Float32Array(length).fill(2);
      assert.equal(dot(a, b), length * (length + 1));
    }
  });

  it('normalises to unit length and leaves the input alone', () => {
    const vector = Float32Array.of(3, 4);
    assert.deepEqual(normalise(vector), Float32Array.of(0.6, 0.8));
    assert.deepEqual(vector, Float32Array.of(3, 4));
  });

  it('has no unit vector for zeros and for numbers that are not finite', () => {
    assert.equal(normalise(new Float32Array(4)), undefined);
    assert.equal(normalise(Float32Array.of(1, Number.NaN)), undefined);
    assert.equal(normalise(Float32Array.of(1, Number.POSITIVE_INFINITY)), undefined);
  });
});
