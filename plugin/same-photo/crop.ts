import { detailsOf } from './details';
import { halved, SIDE } from './miniature';

/** A part of a miniature, in points. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Points of a side in which a place is looked for. */
const ROUGH_SIDE = SIDE / 2;
/** What is between them is found by moving the borders. */
const ROUGH_SIZES = [15, 14, 13, 12, 11];
/** Points of a side in which two parts are compared. */
const COMPARED = 24;
/** In points: how far borders are moved at first, and at last. */
const FIRST_STEP = 1;
const LAST_STEP = 0.125;
const GAIN = 1e-4;

/** Of x, y, width, height: along each axis, larger and smaller around the middle or from a corner. */
const MOVES = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 1],
  [-0.5, -0.5, 1, 1],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [-0.5, 0, 1, 0],
  [0, -0.5, 0, 1],
];

/** Where one picture may be a part of another. */
export interface Place {
  box: Box;
  /** Correlation of the details there, up to 1. */
  alike: number;
}

/** @returns where `part` is most like `whole` (brightness, 32 × 32): about, in half as many points and a few sizes. */
export function placeOf(whole: Float32Array, part: Float32Array): Place {
  const details = detailsOf(halved(whole), ROUGH_SIDE);
  const small = halved(part);
  let best: Place = { box: allOf(SIDE), alike: -1 };
  for (const side of ROUGH_SIZES) {
    const wanted = detailsOf(sampled(small, allOf(ROUGH_SIDE), side), side);
    for (let y = 0; y <= ROUGH_SIDE - side; y++) {
      for (let x = 0; x <= ROUGH_SIDE - side; x++) {
        const alike = correlation(details, x, y, wanted, side);
        if (alike > best.alike) best = { box: { x: 2 * x, y: 2 * y, width: 2 * side, height: 2 * side }, alike };
      }
    }
  }
  return best;
}

/** @returns the place with its borders moved to where both are most alike. */
export function adjusted(whole: Float32Array, part: Float32Array, place: Place): Place {
  const wanted = detailsOf(sampled(part, allOf(SIDE), COMPARED), COMPARED);
  const alikeAt = (box: Box) => {
    const { x, y, width, height } = box;
    if (Math.min(x, y) < -0.5 || Math.max(x + width, y + height) > SIDE + 0.5) return -1;
    return dot(detailsOf(sampled(whole, box, COMPARED), COMPARED), wanted);
  };
  let { box } = place;
  let alike = alikeAt(box);
  for (let step = FIRST_STEP; step >= LAST_STEP; ) {
    let moved = false;
    for (const move of MOVES) {
      for (const distance of [step, -step]) {
        const next = movedBy(box, move, distance);
        const there = alikeAt(next);
        if (there <= alike + GAIN) continue;
        [box, alike, moved] = [next, there, true];
      }
    }
    if (!moved) step /= 2;
  }
  return { box, alike };
}

const allOf = (side: number): Box => ({ x: 0, y: 0, width: side, height: side });

function movedBy({ x, y, width, height }: Box, [dx, dy, wider, higher]: number[], distance: number): Box {
  return {
    x: x + dx * distance,
    y: y + dy * distance,
    width: width + wider * distance,
    height: height + higher * distance,
  };
}

function correlation(details: Float32Array, x: number, y: number, wanted: Float32Array, side: number): number {
  let product = 0;
  let square = 0;
  for (let row = 0; row < side; row++) {
    const from = (y + row) * ROUGH_SIDE + x;
    const at = row * side;
    for (let column = 0; column < side; column++) {
      const value = details[from + column];
      product += value * wanted[at + column];
      square += value * value;
    }
  }
  return square > 0 ? product / Math.sqrt(square) : 0;
}

/** A part of a square in another number of points, by linear interpolation. */
export function sampled(points: Float32Array, { x, y, width, height }: Box, side: number): Float32Array {
  const stride = Math.sqrt(points.length);
  const across = placesOf(x, width, side, stride);
  const down = placesOf(y, height, side, stride);
  const found = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const { at: top, share: low } = down[row];
    for (let column = 0; column < side; column++) {
      const { at, share } = across[column];
      const from = top * stride + at;
      const above = points[from] + share * (points[from + 1] - points[from]);
      const below = points[from + stride] + share * (points[from + stride + 1] - points[from + stride]);
      found[row * side + column] = above + low * (below - above);
    }
  }
  return found;
}

/** Between which two points each place is, and how far from the first. */
function placesOf(start: number, length: number, count: number, stride: number): Array<{ at: number; share: number }> {
  return Array.from({ length: count }, (_, index) => {
    const place = Math.min(stride - 1, Math.max(0, start + ((index + 0.5) * length) / count - 0.5));
    const at = Math.min(stride - 2, Math.floor(place));
    return { at, share: place - at };
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}
