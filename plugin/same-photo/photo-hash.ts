import { brightnessOf, type Miniature, SIDE } from './miniature';
import { ORIENTATIONS, oriented } from './orientations';

/** Waves along each axis. */
const WAVES = 16;
/** 16 bits each: 256 in all. */
export const HASH_PARTS = (WAVES * WAVES) / 16;

/**
 * The perceptual hash of PDQ (a bit for each of 16 × 16 cosine waves: whether it is stronger than half of them), of a miniature. PDQ takes
 * its 64 × 64 points a little off the centre, which makes 20 to 30 of 256 bits differ when a picture is turned; here it is 0 to 6.
 */
export type PhotoHash = Uint16Array;

const waves = Float32Array.from({ length: WAVES * SIDE }, (_, at) =>
  Math.cos((Math.PI / SIDE) * ((at % SIDE) + 0.5) * (Math.floor(at / SIDE) + 1)),
);

/** Of the picture in each of the eight orientations; the first is that of the picture as it is. */
export function photoHashes(miniature: Miniature): PhotoHash[] {
  const points = brightnessOf(miniature);
  return Array.from({ length: ORIENTATIONS }, (_, orientation) => hashOf(oriented(points, SIDE, orientation)));
}

function hashOf(points: Float32Array): PhotoHash {
  const rows = new Float32Array(WAVES * SIDE);
  for (let wave = 0; wave < WAVES; wave++) {
    for (let y = 0; y < SIDE; y++) {
      const factor = waves[wave * SIDE + y];
      for (let x = 0; x < SIDE; x++) rows[wave * SIDE + x] += factor * points[y * SIDE + x];
    }
  }
  const strengths = new Float32Array(WAVES * WAVES);
  for (let at = 0; at < strengths.length; at++) {
    const [row, column] = [Math.floor(at / WAVES) * SIDE, (at % WAVES) * SIDE];
    for (let x = 0; x < SIDE; x++) strengths[at] += rows[row + x] * waves[column + x];
  }
  const median = [...strengths].sort((a, b) => a - b)[strengths.length / 2];
  const hash = new Uint16Array(HASH_PARTS);
  for (let at = 0; at < strengths.length; at++) if (strengths[at] > median) hash[at >>> 4] |= 1 << (at & 15);
  return hash;
}
