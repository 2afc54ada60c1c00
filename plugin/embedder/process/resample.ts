import type { Preprocessing } from '../../models/model';
import { nearestPositions } from './preprocess';

/** What of the target is wanted: from pixel `from` on, `count` of the `length` that the whole side would have. */
export interface Span {
  length: number;
  from: number;
  count: number;
}

export interface Picture {
  /** height × width × 3, interleaved. */
  pixels: Uint8Array;
  width: number;
  height: number;
}

interface Filter {
  /** Pixels to each side that count, at a scale of one. */
  support: number;
  weight(distance: number): number;
}

const FILTERS: Record<Exclude<Preprocessing['resize'], 'nearest'>, Filter> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
  lanczos3: { support: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function cubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Bits behind the point of a weight: with those of a byte and two to spare they fill 32. */
const BITS = 22;
const HALF = 1 << (BITS - 1);

interface Taps {
  /** First source pixel of each target pixel. */
  starts: Int32Array;
  /** How many source pixels it takes. */
  counts: Int32Array;
  /** `room` weights for each target pixel. */
  weights: Int32Array;
  room: number;
}

/**
 * Resizes an RGB picture as Pillow does (`Image.resize` of 8-bit pictures, antialiased), bit for bit: rows first, rounded to bytes,
 * then columns, with weights of 22 bits. (Release 13 begins with the columns where a picture is tall: a level or two apart.)
 * Computes only what is wanted of the result.
 */
export function resample(
  { pixels, width, height }: Picture,
  resize: Preprocessing['resize'],
  columns: Span,
  rows: Span,
): Uint8Array {
  if (resize === 'nearest') return nearest(pixels, width, height, columns, rows);
  const across = tapsOf(width, columns, FILTERS[resize]);
  const down = tapsOf(height, rows, FILTERS[resize]);
  const last = rows.count - 1;
  const [top, bottom] = [down.starts[0], down.starts[last] + down.counts[last]];
  const narrowed = horizontal(pixels, width, top, bottom, across, columns.count);
  return vertical(narrowed, columns.count, top, down, rows.count);
}

/** The bytes of a side that keeps its length come back as they were: its weights are one pixel's. */
function tapsOf(source: number, { length, from, count }: Span, { support, weight }: Filter): Taps {
  const scale = source / length;
  const stretch = Math.max(scale, 1);
  const reach = source === length ? 0.5 : support * stretch;
  const room = Math.ceil(reach) * 2 + 1;
  const taps = {
    starts: new Int32Array(count),
    counts: new Int32Array(count),
    weights: new Int32Array(count * room),
    room,
  };
  const exact = new Float64Array(room);
  for (let i = 0; i < count; i++) {
    const centre = (from + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(source, Math.trunc(centre + reach + 0.5));
    let sum = 0;
    for (let k = 0; k < end - start; k++) {
      exact[k] = weight((k + start - centre + 0.5) / stretch);
      sum += exact[k];
    }
    taps.starts[i] = start;
    taps.counts[i] = end - start;
    for (let k = 0; k < end - start; k++) {
      const scaled = (exact[k] / sum) * (1 << BITS);
      taps.weights[i * room + k] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
  }
  return taps;
}

/** Rows from `top` to `bottom`, `count` pixels wide. */
function horizontal(pixels: Uint8Array, width: number, top: number, bottom: number, taps: Taps, count: number) {
  const { starts, counts, weights, room } = taps;
  // Clamps and floors.
  const result = new Uint8ClampedArray((bottom - top) * count * 3);
  let out = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < count; x++) {
      let [red, green, blue] = [HALF, HALF, HALF];
      let at = (y * width + starts[x]) * 3;
      for (let k = x * room, end = k + counts[x]; k < end; k++, at += 3) {
        const weight = weights[k];
        red += pixels[at] * weight;
        green += pixels[at + 1] * weight;
        blue += pixels[at + 2] * weight;
      }
      result[out++] = red >> BITS;
      result[out++] = green >> BITS;
      result[out++] = blue >> BITS;
    }
  }
  return result;
}

function vertical(pixels: Uint8ClampedArray, width: number, top: number, taps: Taps, count: number): Uint8Array {
  const { starts, counts, weights, room } = taps;
  const stride = width * 3;
  const result = new Uint8ClampedArray(count * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < count; y++) {
    sums.fill(HALF);
    for (let k = 0; k < counts[y]; k++) {
      const weight = weights[y * room + k];
      const row = (starts[y] - top + k) * stride;
      for (let x = 0; x < stride; x++) sums[x] += pixels[row + x] * weight;
    }
    for (let x = 0; x < stride; x++) result[y * stride + x] = sums[x] >> BITS;
  }
  return new Uint8Array(result.buffer);
}

function nearest(pixels: Uint8Array, width: number, height: number, columns: Span, rows: Span): Uint8Array {
  const across = nearestPositions(width, columns.length);
  const down = nearestPositions(height, rows.length);
  const result = new Uint8Array(columns.count * rows.count * 3);
  let out = 0;
  for (let y = rows.from; y < rows.from + rows.count; y++) {
    for (let x = columns.from; x < columns.from + columns.count; x++) {
      const at = (down[y] * width + across[x]) * 3;
      result[out++] = pixels[at];
      result[out++] = pixels[at + 1];
      result[out++] = pixels[at + 2];
    }
  }
  return result;
}

/**
 * The sides of a picture as the model sees it: both brought to `size`; or the shorter one to `shortestEdge`, at least `size`, and of
 * both the middle, as torchvision's Resize and CenterCrop do.
 */
export function spansOf(
  { width, height }: Pick<Picture, 'width' | 'height'>,
  { size, shortestEdge }: Pick<Preprocessing, 'size' | 'shortestEdge'>,
): { columns: Span; rows: Span } {
  if (shortestEdge === undefined) {
    const whole = { length: size, from: 0, count: size };
    return { columns: whole, rows: whole };
  }
  const shorter = Math.min(width, height);
  const side = (length: number): Span => {
    const resized = Math.trunc((shortestEdge * length) / shorter);
    return { length: resized, from: roundHalfEven((resized - size) / 2), count: size };
  };
  return { columns: side(width), rows: side(height) };
}

/** As Python's `round` does. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
