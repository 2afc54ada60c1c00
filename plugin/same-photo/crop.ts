import { detailsOf } from './details';
import { SIDE } from './miniature';

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
/** What steps smaller than one of a point may still bring. */
const GAIN_OF_STEPS = 0.2;

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

/** @returns details of a picture (16 × 16) in the sizes in which it is looked for in another. */
export const partsOf = (rough: Float32Array): Float32Array[] =>
  ROUGH_SIZES.map((side) => detailsOf(sampled(rough, allOf(ROUGH_SIDE), side), side));

/**
 * @param details of the whole, 16 × 16
 * @param parts as `partsOf` gives them
 * @returns about where the part is most like the whole
 */
export function placeOf(details: Float32Array, parts: readonly Float32Array[]): Place {
  let best: Place = { box: allOf(SIDE), alike: -1 };
  for (const [at, side] of ROUGH_SIZES.entries()) {
    for (let y = 0; y <= ROUGH_SIDE - side; y++) {
      for (let x = 0; x <= ROUGH_SIDE - side; x++) {
        const alike = correlation(details, x, y, parts[at], side);
        if (alike > best.alike) best = { box: { x: 2 * x, y: 2 * y, width: 2 * side, height: 2 * side }, alike };
      }
    }
  }
  return best;
}

/**
 * @param whole, part brightness, 32 × 32
 * @param wantedAlike where this cannot be reached, the search ends early
 * @returns the place with its borders moved to where both are most alike
 */
export function adjusted(whole: Float32Array, part: Float32Array, place: Place, wantedAlike: number): Place {
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
    if (moved) continue;
    // Smaller steps bring little more.
    if (alike < wantedAlike - step * GAIN_OF_STEPS) break;
    step /= 2;
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
    const top = Math.floor(down[row]);
    const low = down[row] - top;
    for (let column = 0; column < side; column++) {
      const left = Math.floor(across[column]);
      const share = across[column] - left;
      const from = top * stride + left;
      const above = points[from] + share * (points[from + 1] - points[from]);
      const below = points[from + stride] + share * (points[from + stride + 1] - points[from + stride]);
      found[row * side + column] = above + low * (below - above);
    }
  }
  return found;
}

/** Each between two points. */
function placesOf(start: number, length: number, count: number, stride: number): Float64Array {
  const places = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    places[at] = Math.min(stride - 1 - 1e-6, Math.max(0, start + ((at + 0.5) * length) / count - 0.5));
  }
  return places;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}
