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
