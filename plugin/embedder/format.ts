/** What a file is, by its first bytes: only for the message that says why it is refused. Names are never trusted. */
export interface Format {
  /** As a person calls it, e.g. `HEIC`, `PDF`. */
  name: string;
  /** Not a picture at all. */
  other?: true;
  /** The start of the lines that libvips' decoder for this format writes. Absent: there is no decoder for it here. */
  decoder?: RegExp;
}

/** Bytes that `formatOf` wants to see. */
export const HEAD_BYTES = 512;

const TIFF: Format = { name: 'TIFF', decoder: /^tiff/ };

const SIGNATURES: ReadonlyArray<readonly [offset: number, bytes: string, format: Format]> = [
  [0, '\xff\xd8\xff', { name: 'JPEG', decoder: /^VipsJpeg/ }],
  [0, '\x89PNG', { name: 'PNG', decoder: /^(vipspng|pngload)/ }],
  [0, 'GIF8', { name: 'GIF', decoder: /^gifload/ }],
  [8, 'WEBP', { name: 'WebP', decoder: /^webp/ }],
  [0, 'II*\x00', TIFF],
  [0, 'MM\x00*', TIFF],
  [0, 'II+\x00', TIFF],
  [0, 'MM\x00+', TIFF],
  [0, '\x00\x00\x00\x0cjP  ', { name: 'JPEG 2000' }],
  [0, '\xff\x4f\xff\x51', { name: 'JPEG 2000' }],
  [0, '\x00\x00\x00\x0cJXL ', { name: 'JPEG XL' }],
  [0, '\xff\x0a', { name: 'JPEG XL' }],
  [0, '\x00\x00\x01\x00', { name: 'ICO' }],
  [0, '\x00\x00\x02\x00', { name: 'CUR' }],
  [0, 'BM', { name: 'BMP' }],
  [0, '8BPS', { name: 'Photoshop' }],
  [0, 'gimp xcf', { name: 'GIMP' }],
  [0, '\x76\x2f\x31\x01', { name: 'OpenEXR' }],
  [0, '#?RADIANCE', { name: 'Radiance HDR' }],
  [0, 'FUJIFILMCCD-RAW', { name: 'Camera raw' }],
  [0, 'DDS ', { name: 'DDS' }],
  [0, 'qoif', { name: 'QOI' }],
  [0, '%!PS', { name: 'PostScript' }],
  [0, '%PDF', { name: 'a PDF document', other: true }],
  [0, 'PK\x03\x04', { name: 'a ZIP archive or an office document', other: true }],
  [0, '\x1f\x8b', { name: 'compressed with gzip', other: true }],
  [0, '\x1aE\xdf\xa3', { name: 'a video', other: true }],
  [0, 'OggS', { name: 'audio or video', other: true }],
  [0, 'ID3', { name: 'audio', other: true }],
];

const HEIF_BRANDS = /^(heic|heix|hevc|hevx|heim|heis|mif1|mif2|msf1)$/;
const AVIF_BRANDS = /^(avif|avis)$/;

export function formatOf(head: Buffer): Format | undefined {
  const text = head.subarray(0, HEAD_BYTES).toString('latin1');
  const found = SIGNATURES.find(([offset, bytes]) => text.startsWith(bytes, offset));
  if (found) return found[2];
  if (text.startsWith('ftyp', 4)) {
    const brand = text.slice(8, 12);
    if (HEIF_BRANDS.test(brand)) return { name: 'HEIC' };
    if (AVIF_BRANDS.test(brand)) return { name: 'AVIF', decoder: /^heif/ };
    return { name: 'a video', other: true };
  }
  if (/<svg[\s>]/i.test(text)) return { name: 'SVG', decoder: /^(svgload|glib)/ };
  if (/^(\xef\xbb\xbf)?\s*(<!--.*?-->\s*)*(<!doctype html|<html)/is.test(text))
    return { name: 'a web page', other: true };
  if (isText(head)) return { name: 'text', other: true };
  return undefined;
}

function isText(head: Buffer): boolean {
  const bytes = head.subarray(0, HEAD_BYTES);
  return bytes.length > 0 && bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
