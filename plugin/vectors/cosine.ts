import { HALF_TO_FLOAT } from './float16';

/** Dot product; of two unit vectors it is their cosine. Both have the same length. */
export function dot(a: Float32Array, b: Float32Array): number {
  // Four sums hide the latency of the additions: about three times as fast as one.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (let i = whole; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}

/** A copy of unit length, or undefined when there is none: all zero, or a number that is not finite. */
export function normalise(vector: Float32Array): Float32Array | undefined {
  const length = Math.sqrt(dot(vector, vector));
  if (!(length > 0) || !Number.isFinite(length)) return undefined;
  const unit = new Float32Array(vector.length);
  for (let i = 0; i < vector.length; i++) unit[i] = vector[i] / length;
  return unit;
}

/** Dot product of a float32 vector and the float16 vector that starts at `offset`. */
export function dotFloat16(a: Float32Array, halves: Uint16Array, offset: number): number {
  const table = HALF_TO_FLOAT;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = a.length - (a.length % 4);
  let at = offset;
  for (let i = 0; i < whole; i += 4, at += 4) {
    s0 += a[i] * table[halves[at]];
    s1 += a[i + 1] * table[halves[at + 1]];
    s2 += a[i + 2] * table[halves[at + 2]];
    s3 += a[i + 3] * table[halves[at + 3]];
  }
  for (let i = whole; i < a.length; i++, at++) s0 += a[i] * table[halves[at]];
  return s0 + s1 + (s2 + s3);
}

/** Of vectors of any length but zero. */
export function cosine(a: Float32Array, b: Float32Array): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
