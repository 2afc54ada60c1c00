import sharp from 'sharp';

const GAP = 8;
/** Regions that count for nothing stay dark, those that count most are seen as they are. */
const DARKEST = 0.22;

/**
 * Two pictures side by side, lit where they match.
 * @param pictures RGB, size × size × 3. @param regions contributions of a square grid of cells to each.
 * @returns PNG, (2 × size + 8) × size.
 */
export async function drawOverlay(
  pictures: readonly Uint8Array[],
  regions: readonly number[][],
  size: number,
): Promise<Uint8Array> {
  // One scale for both: what is bright in one counts as much as what is bright in the other.
  const most = Math.max(...regions.flat(), Number.EPSILON);
  const lit = await Promise.all(pictures.map((pixels, at) => light(pixels, regions[at], most, size)));
  const base = { width: 2 * size + GAP, height: size, channels: 3 as const, background: '#fff' };
  const input = lit.map((pixels, at) => ({
    input: Buffer.from(pixels),
    raw: { width: size, height: size, channels: 3 as const },
    left: at * (size + GAP),
    top: 0,
  }));
  return sharp({ create: base }).composite(input).png().toBuffer();
}

async function light(pixels: Uint8Array, cells: readonly number[], most: number, size: number): Promise<Uint8Array> {
  const edge = Math.round(Math.sqrt(cells.length));
  const grid = Uint8Array.from(cells, (value) => Math.round((255 * Math.max(0, value)) / most));
  const { data, info } = await sharp(grid, { raw: { width: edge, height: edge, channels: 1 } })
    .resize(size, size, { kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const shown = new Uint8Array(pixels.length);
  for (let i = 0; i < size * size; i++) {
    const strength = DARKEST + ((1 - DARKEST) * data[i * info.channels]) / 255;
    for (let channel = 0; channel < 3; channel++) shown[3 * i + channel] = pixels[3 * i + channel] * strength;
  }
  return shown;
}
