import { HALF_TO_FLOAT } from '../vectors/float16';

interface Rows {
  dims: number;
  /** float16, `dims` numbers a row. */
  rows: Uint16Array;
}

function dotOfRows(rows: Uint16Array, dims: number, one: number, other: number): number {
  let sum = 0;
  for (let i = 0, a = one * dims, b = other * dims; i < dims; i++) {
    sum += HALF_TO_FLOAT[rows[a + i]] * HALF_TO_FLOAT[rows[b + i]];
  }
  return sum;
}

/** Of each row: vectors have unit length but for what float16 loses. */
export function lengthsOf({ dims, rows }: Rows): Float64Array {
  return Float64Array.from({ length: rows.length / dims }, (_, row) => Math.sqrt(dotOfRows(rows, dims, row, row)));
}

export function cosineOfHalves(
  rows: Uint16Array,
  dims: number,
  one: number,
  other: number,
  lengths: Float64Array,
): number {
  return dotOfRows(rows, dims, one, other) / (lengths[one] * lengths[other]);
}
