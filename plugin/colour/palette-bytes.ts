import { MOST_COLOURS, type Swatch } from './palette';

/** Grows whenever `paletteOf` finds other colours than before: what was kept until then is found anew. */
const VERSION = 1;
const PER_SWATCH = 4;
const BYTES = 1 + MOST_COLOURS * PER_SWATCH * Float32Array.BYTES_PER_ELEMENT;

/** @returns a byte of version, then float32 (little-endian): lightness, a, b and share of each colour; 0 where there are fewer */
export function encodePalette(palette: readonly Swatch[]): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  for (const [at, { colour, share }] of palette.entries()) {
    for (const [axis, value] of [...colour, share].entries()) view.setFloat32(offsetOf(at, axis), value, true);
  }
  return bytes;
}

/** @returns undefined for what another version has kept */
export function decodePalette(bytes: Uint8Array): Swatch[] | undefined {
  if (bytes.length !== BYTES || bytes[0] !== VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const value = (at: number, axis: number) => view.getFloat32(offsetOf(at, axis), true);
  return Array.from({ length: MOST_COLOURS }, (_, at): Swatch => {
    return { colour: [value(at, 0), value(at, 1), value(at, 2)], share: value(at, 3) };
  }).filter(({ share }) => share > 0);
}

const offsetOf = (at: number, axis: number) => 1 + (at * PER_SWATCH + axis) * Float32Array.BYTES_PER_ELEMENT;
