/**
 * A picture in 1.5 KB, for telling the same photo from one that looks like it: brightness in 32 × 32 points, then its two colour
 * differences (Cb, Cr as in JPEG) in 16 × 16 each, 8 bits a point, row by row. As the model sees the picture, squeezed to a square.
 */
export type Miniature = Uint8Array;

/** Points of a side of the brightness. */
export const SIDE = 32;
/** Of the colours. */
export const COLOUR_SIDE = SIDE / 2;
const POINTS = SIDE * SIDE;
const COLOUR_POINTS = COLOUR_SIDE * COLOUR_SIDE;
export const MINIATURE_BYTES = POINTS + 2 * COLOUR_POINTS;

/**
 * @param pixels RGB, size × size × 3, interleaved, 0 to 255
 * @returns each point the mean of the pixels that it covers, those at its border by the share that it covers
 * @example
 * ```ts
 * const white = miniatureOf(new Uint8Array(224 * 224 * 3).fill(255), 224); // 1,024 × 255, then 512 × 128
 * ```
 */
export function miniatureOf(pixels: ArrayLike<number>, size: number): Miniature {
  const [red, green, blue] = means(pixels, size);
  const miniature = new Uint8Array(MINIATURE_BYTES);
  for (let at = 0; at < POINTS; at++) {
    miniature[at] = Math.round(0.299 * red[at] + 0.587 * green[at] + 0.114 * blue[at]);
  }
  const [r, g, b] = [red, green, blue].map(halved);
  for (let at = 0; at < COLOUR_POINTS; at++) {
    miniature[POINTS + at] = clamped(128 - 0.168736 * r[at] - 0.331264 * g[at] + 0.5 * b[at]);
    miniature[POINTS + COLOUR_POINTS + at] = clamped(128 + 0.5 * r[at] - 0.418688 * g[at] - 0.081312 * b[at]);
  }
  return miniature;
}

export const brightnessOf = (miniature: Miniature): Float32Array => Float32Array.from(miniature.subarray(0, POINTS));

/** Red, green and blue of the points, 0 to 255. */
export type Colours = [Float32Array, Float32Array, Float32Array];

/** @returns of its 16 × 16 points. */
export function coloursOf(miniature: Miniature): Colours {
  const brightness = halved(brightnessOf(miniature));
  const cb = miniature.subarray(POINTS, POINTS + COLOUR_POINTS);
  const cr = miniature.subarray(POINTS + COLOUR_POINTS);
  return [
    brightness.map((y, at) => y + 1.402 * (cr[at] - 128)),
    brightness.map((y, at) => y - 0.344136 * (cb[at] - 128) - 0.714136 * (cr[at] - 128)),
    brightness.map((y, at) => y + 1.772 * (cb[at] - 128)),
  ];
}

const clamped = (value: number) => Math.min(255, Math.max(0, Math.round(value)));

/** Of each channel, in 32 × 32 points. */
function means(pixels: ArrayLike<number>, size: number): Float32Array[] {
  // Rows first, then columns: each is a sum over a few pixels.
  const spans = spansOf(size);
  const row = new Float64Array(3 * size);
  const channels = [0, 1, 2].map(() => new Float32Array(POINTS));
  for (let y = 0; y < SIDE; y++) {
    sumRows(row, pixels, spans[y]);
    for (let channel = 0; channel < 3; channel++) gather(channels[channel], y, row, channel, spans);
  }
  return channels;
}

function sumRows(row: Float64Array, pixels: ArrayLike<number>, { first, shares }: Span): void {
  const width = row.length;
  for (let x = 0; x < width; x++) {
    let sum = 0;
    for (let at = 0, from = first * width + x; at < shares.length; at++, from += width)
      sum += shares[at] * pixels[from];
    row[x] = sum;
  }
}

function gather(points: Float32Array, y: number, row: Float64Array, channel: number, spans: readonly Span[]): void {
  for (let x = 0; x < SIDE; x++) {
    const { first, shares } = spans[x];
    let sum = 0;
    for (let at = 0; at < shares.length; at++) sum += shares[at] * row[3 * (first + at) + channel];
    points[y * SIDE + x] = sum;
  }
}

/** The pixels of a side that a point covers, from the first on, by these shares of it. */
interface Span {
  first: number;
  shares: Float64Array;
}

function spansOf(size: number): Span[] {
  const width = size / SIDE;
  return Array.from({ length: SIDE }, (_, point) => {
    const [start, end] = [point * width, (point + 1) * width];
    const first = Math.floor(start);
    const shares = new Float64Array(Math.min(size, Math.ceil(end - 1e-9)) - first);
    return {
      first,
      shares: shares.map((_, at) => (Math.min(end, first + at + 1) - Math.max(start, first + at)) / width),
    };
  });
}

/** 32 × 32 points in 16 × 16. */
export function halved(points: Float32Array): Float32Array {
  const half = new Float32Array(COLOUR_POINTS);
  for (let y = 0; y < COLOUR_SIDE; y++) {
    for (let x = 0; x < COLOUR_SIDE; x++) {
      const at = 2 * y * SIDE + 2 * x;
      half[y * COLOUR_SIDE + x] = (points[at] + points[at + 1] + points[at + SIDE] + points[at + SIDE + 1]) / 4;
    }
  }
  return half;
}
