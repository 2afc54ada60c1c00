import path from 'node:path';
import sharp from 'sharp';

/** Of a photo of a library: the original as Strapi keeps it, and the format it makes of that. */
export interface Copies {
  original: string;
  derivative: string;
}

/** What Strapi re-encodes uploads with, unless its *size optimisation* is off. */
const QUALITY = 80;
/** Strapi's format `small`. */
const SMALL = 500;

/**
 * The photos that are there have at most 320 pixels a side: they are enlarged first.
 * @param grain bytes of RGB pixels that are laid over it, as a camera's sensor does; they are as large as the result.
 */
export async function enlarged(
  photo: string,
  { folder, width, height, grain }: { folder: string; width: number; height?: number; grain?: Buffer },
): Promise<Copies> {
  const name = photo.replace(/\W+/g, '-');
  const original = path.join(folder, `${name}.jpg`);
  const derivative = path.join(folder, `small-${name}.jpg`);
  const size = height ? { width, height, fit: 'fill' as const } : { width, height: width, fit: 'inside' as const };
  let large = sharp(photo)
    .autoOrient()
    .flatten({ background: '#fff' })
    .resize({ ...size, kernel: 'lanczos3' });
  if (grain && height) {
    large = large.composite([{ input: grain, raw: { width, height, channels: 3 }, blend: 'soft-light' }]);
  }
  await large.jpeg({ quality: QUALITY }).toFile(original);
  await sharp(original).resize(SMALL, SMALL, { fit: 'inside' }).toFile(derivative);
  return { original, derivative };
}
