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

/** Brings an RGB or RGBA picture (height × width × channels) to size × size as Keras' load_img does, alpha apart. */
export function resizeNearest(
  picture: Uint8Array,
  { width, height, channels }: { width: number; height: number; channels: number },
  size: number,
): { pixels: Uint8Array; alpha?: Uint8Array } {
  const columns = nearestPositions(width, size);
  const rows = nearestPositions(height, size);
  const pixels = new Uint8Array(size * size * 3);
  const alpha = channels === 4 ? new Uint8Array(size * size) : undefined;
  let out = 0;
  for (let y = 0; y < size; y++) {
    const row = rows[y] * width;
    for (let x = 0; x < size; x++) {
      const from = (row + columns[x]) * channels;
      if (alpha) alpha[out / 3] = picture[from + 3];
      pixels[out++] = picture[from];
      pixels[out++] = picture[from + 1];
      pixels[out++] = picture[from + 2];
    }
  }
  return { pixels, alpha };
}
