import type { Preprocessing } from '../models/model';

/** Writes a square RGB picture (size × size × 3, interleaved) into a batch as 3 × size × size float32, from `offset` on. */
export type WriteInput = (pixels: Uint8Array, batch: Float32Array, offset: number) => void;

/** Bit for bit what Keras' preprocess_input computes: (value − mean) / std in float32. */
export function createWriteInput({ size, channels, mean, std }: Preprocessing): WriteInput {
  const plane = size * size;
  const [first, second, third] = [0, 1, 2].map((channel) => normalised(mean[channel], std[channel]));
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
function normalised(mean: number, std: number): Float32Array {
  const meanF32 = Math.fround(mean);
  const stdF32 = Math.fround(std);
  return Float32Array.from({ length: 256 }, (_, value) => Math.fround(value - meanF32) / stdF32);
}

/**
 * Which pixel of a row of `length` each of the `size` target pixels takes, as Pillow's NEAREST does. It adds up the step;
 * floor((i + 0.5) · length / size) rounds otherwise for some lengths, 640 and 1280 among them.
 */
export function nearestPositions(length: number, size: number): Int32Array {
  const positions = new Int32Array(size);
  const step = length / size;
  let position = step * 0.5;
  for (let i = 0; i < size; i++) {
    positions[i] = Math.min(Math.floor(position), length - 1);
    position += step;
  }
  return positions;
}

/** Brings an RGB picture (height × width × 3) to size × size as Keras' load_img does. */
export function resizeNearest(pixels: Uint8Array, width: number, height: number, size: number): Uint8Array {
  const columns = nearestPositions(width, size);
  const rows = nearestPositions(height, size);
  const target = new Uint8Array(size * size * 3);
  let out = 0;
  for (let y = 0; y < size; y++) {
    const row = rows[y] * width;
    for (let x = 0; x < size; x++) {
      const from = (row + columns[x]) * 3;
      target[out++] = pixels[from];
      target[out++] = pixels[from + 1];
      target[out++] = pixels[from + 2];
    }
  }
  return target;
}
