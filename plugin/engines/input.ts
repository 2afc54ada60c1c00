import type { Preprocessing } from '../models/model';

/** Writes a square RGB picture (size × size × 3, interleaved) into a batch as 3 × size × size float32, from `offset` on. */
export type WriteInput = (pixels: Uint8Array, batch: Float32Array, offset: number) => void;

/** Bit for bit what Keras' preprocess_input computes: (value − mean) / std in float32. */
export function createWriteInput({ size, channels, mean, std }: Preprocessing): WriteInput {
  const plane = size * size;
  const [first, second, third] = [0, 1, 2].map((channel) => normalisedBytes(mean[channel], std[channel]));
  const [from0, from2] = channels === 'rgb' ? [0, 2] : [2, 0];
  return (pixels, batch, offset) => {
    const last = offset + plane;
    for (let out = offset, i = 0; out < last; out++, i += 3) {
      batch[out] = first[pixels[i + from0]];
      batch[out + plane] = second[pixels[i + 1]];
      batch[out + 2 * plane] = third[pixels[i + from2]];
    }
  };
}

/** The normalised value of each of the 256 byte values. */
export function normalisedBytes(mean: number, std: number): Float32Array {
  const meanF32 = Math.fround(mean);
  const stdF32 = Math.fround(std);
  return Float32Array.from({ length: 256 }, (_, value) => Math.fround(value - meanF32) / stdF32);
}
