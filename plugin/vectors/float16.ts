/** IEEE 754 half precision: how vectors are stored. 2048 numbers of unit length lose about 1e-4 of each number. */

/** Every half as a number, by its bits. */
export const HALF_TO_FLOAT: Float32Array = buildTable();

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** float32 → float16 bits, rounded to nearest, ties to even. Beyond ±65,504 (after rounding) it becomes ±Infinity. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) halves[i] = toHalf(bits[i]);
  return halves;
}

/** float16 bits → float32. */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = HALF_TO_FLOAT[halves[i]];
  return values;
}

/** True when no number is infinite or NaN, whose exponent bits are all set. */
export function isFiniteFloat16(halves: Uint16Array): boolean {
  for (let i = 0; i < halves.length; i++) if ((halves[i] & 0x7c00) === 0x7c00) return false;
  return true;
}

function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return magnitude > 0x7f800000 ? sign | 0x7e00 : sign | 0x7c00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65,520 and more round up to infinity
  if (magnitude >= 0x38800000) {
    // Normal half. Adding just under half a step, plus the lowest kept bit, rounds ties to even; a carry moves the exponent.
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  // Subnormal half: adding 0.5 makes the float unit round at 2^-24, the step of subnormal halves, ties to even.
  scratchBits[0] = magnitude;
  scratch[0] += 0.5;
  return sign | (scratchBits[0] - 0x3f000000);
}

function buildTable(): Float32Array {
  const table = new Float32Array(0x10000);
  for (let half = 0; half < table.length; half++) {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) table[half] = sign * fraction * 2 ** -24;
    else if (exponent === 0x1f) table[half] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else table[half] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}
