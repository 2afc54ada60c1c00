import type { Explanation } from '../../ports';
import { dot } from '../../vectors/cosine';

export const CHANNELS = ['red', 'green', 'blue'] as const;

/**
 * What a cosine is made of. An embedding is the mean of the cells of a feature map, so the cosine of two pictures is the sum
 * over the cells of one of (cell · other embedding) / (cells × length of the own embedding): exact, no approximation.
 * @param features dims × cells of each picture, row-major.
 * @param muted for each of `CHANNELS`: how far the two embeddings turn when the pictures miss that colour (1 − cosine, added up).
 */
export function explain(
  [a, b]: readonly [Float32Array, Float32Array],
  features: readonly [Float32Array, Float32Array],
  muted: readonly number[],
): Explanation {
  const similarity = dot(a, b);
  const sum = muted.reduce((total, turn) => total + turn, 0);
  const [red, green, blue] = muted.map((turn) => (sum > 0 ? turn / sum : 1 / CHANNELS.length));
  return {
    similarity,
    regions: { query: contributions(features[0], b), result: contributions(features[1], a) },
    channels: { red, green, blue },
  };
}

/** Of each cell of a picture to its cosine with `other`; they add up to it. */
function contributions(features: Float32Array, other: Float32Array): number[] {
  const dims = other.length;
  const cells = features.length / dims;
  const pooled = new Float32Array(dims);
  const along = new Float64Array(cells);
  for (let d = 0; d < dims; d++) {
    for (let cell = 0; cell < cells; cell++) {
      const value = features[d * cells + cell];
      pooled[d] += value / cells;
      along[cell] += value * other[d];
    }
  }
  const length = Math.sqrt(dot(pooled, pooled));
  return Array.from(along, (value) => value / (cells * length));
}

/** A picture (RGB, interleaved) with one colour channel set to the mean of the training pictures: nothing to be seen in it. */
export function mute(pixels: Uint8Array, channel: number, mean: number): Uint8Array {
  // Not slice(): for a Buffer it does not copy.
  const copy = new Uint8Array(pixels);
  for (let i = channel; i < copy.length; i += 3) copy[i] = Math.round(mean);
  return copy;
}
