import { open as openFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Preprocessing } from '../../models/model';
import type { Crop, EmbedFailure } from '../../ports';
import { formatOf } from '../format';
import { emptyFile, exceedsPixels, fromSharp, nothingVisible, tooLarge, unread } from '../reasons';
import { knowsHeic, pngOfHeic } from './heic';
import { resizeNearest } from './preprocess';
import { resample, spansOf } from './resample';
import { DARK_GROUND, isErased, isPlain, mayBeErased } from './visible';

export interface DecodeLimits {
  maxBytes: number;
  maxPixels: number;
  timeoutMs: number;
  memoryMb: number;
}

export interface Decoding extends DecodeLimits, Pick<Preprocessing, 'size' | 'resize' | 'resampler' | 'shortestEdge'> {
  /** Only this part. */
  crop?: Crop;
  /** Pictures with at most this many pixels are decoded without being admitted. Default: none. */
  uncounted?: number;
  /**
   * Called with the number of pixels once the header is read, before they are decoded; decoding waits for it.
   * @returns a function that is called when the pixels are decoded.
   */
  admit(pixels: number): Promise<() => void>;
  /** The same for the decoder of HEIC, which takes one picture at a time: its time runs from then on. */
  turn?(): Promise<() => void>;
}

/** RGB, size × size × 3, interleaved. */
export type Decoded = { ok: true; pixels: Uint8Array } | EmbedFailure;

// One thread per picture: several pictures are decoded at once instead. No cache: no picture comes twice.
sharp.cache(false);
sharp.concurrency(1);

/** Decodes the first frame of a picture by its content and brings it to the model's size. Never rejects for a bad picture. */
export async function decodePicture(path: string, decoding: Decoding): Promise<Decoded> {
  // Bytes instead of the path: libvips would read options out of some file names, and an SVG could show its neighbours.
  let bytes: Buffer;
  try {
    const read = await readUpTo(path, decoding.maxBytes);
    if (typeof read === 'number') return tooLarge(read, decoding.maxBytes);
    bytes = read;
  } catch (error) {
    return unread(error as NodeJS.ErrnoException);
  }
  if (bytes.length === 0) return emptyFile();
  const decoded = await decodeBytes(bytes, decoding);
  if (decoded.ok || decoded.code !== 'UNSUPPORTED_FORMAT' || formatOf(bytes)?.name !== 'HEIC' || !knowsHeic()) {
    return decoded;
  }
  const giveBack = await decoding.turn?.();
  const png = await pngOfHeic(bytes, decoding).finally(giveBack);
  return Buffer.isBuffer(png) ? decodeBytes(png, decoding) : png;
}

async function decodeBytes(bytes: Buffer, decoding: Decoding): Promise<Decoded> {
  let release: (() => void) | undefined;
  try {
    const small = await decodeSmall(bytes, decoding);
    if (small) return seen(small);
    const { width, height, autoOrient } = await open(bytes, decoding).metadata();
    release = await decoding.admit(width * height);
    const shown = isUpright(decoding) ? autoOrient : { width, height };
    return seen(await modeOf(decoding)(bytes, decoding, regionOf(decoding.crop, shown)));
  } catch (error) {
    return fromSharp(error, bytes, decoding);
  } finally {
    release?.();
  }
}

/** A picture without content has no vector: all of them would be copies of each other. */
function seen(pixels: Uint8Array): Decoded {
  return isPlain(pixels) ? nothingVisible() : { ok: true, pixels };
}

/** @returns the bytes, or how many there are when they are too many. */
async function readUpTo(path: string, maxBytes: number): Promise<Buffer | number> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    if (size > maxBytes) return size;
    const bytes = Buffer.allocUnsafeSlow(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await file.read(bytes, filled, size - filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

/**
 * Most pictures are small: sharp is told to refuse the others instead of being asked for the header first, which would open each
 * picture twice. @returns undefined when it is not small, or has to be seen before it is cut.
 */
async function decodeSmall(bytes: Buffer, decoding: Decoding): Promise<Uint8Array | undefined> {
  const { uncounted = 0, maxPixels, crop } = decoding;
  if (crop || uncounted === 0) return undefined;
  try {
    return await modeOf(decoding)(bytes, { ...decoding, maxPixels: Math.min(uncounted, maxPixels) });
  } catch (error) {
    if (uncounted < maxPixels && exceedsPixels(error)) return undefined;
    throw error;
  }
}

type Mode = (bytes: Buffer, decoding: Decoding, region?: sharp.Region) => Promise<Uint8Array>;

function modeOf({ resampler, resize }: Decoding): Mode {
  if (resampler === 'pillow') return MODES.pillow;
  return resize === 'nearest' ? MODES.nearest : MODES.lanczos3;
}

/** As Keras sees pictures, their EXIF orientation is ignored. */
const isUpright = (decoding: Decoding): boolean => modeOf(decoding) !== MODES.nearest;

const MODES: Record<'lanczos3' | 'pillow' | 'nearest', Mode> = {
  /** As a person sees it: turned by its EXIF orientation, colours brought to sRGB. Shrunk while loading. */
  lanczos3: (bytes, decoding, region) =>
    onGround(
      (background) => {
        const small = resized(bytes, decoding, region);
        return small.toColourspace('srgb').flatten({ background }).raw().toBuffer();
      },
      [bytes, decoding, region],
    ),

  /** As a person sees it, too, but resized from all of its pixels. */
  pillow: (bytes, decoding, region) =>
    onGround(
      async (background) => {
        const whole = cut(upright(bytes, decoding), region).toColourspace('srgb').flatten({ background });
        const { data: pixels, info } = await whole.raw().toBuffer({ resolveWithObject: true });
        const { columns, rows } = spansOf(info, decoding);
        return resample({ ...info, pixels }, decoding.resize, columns, rows);
      },
      [bytes, decoding, region],
    ),

  /**
   * As Keras' load_img sees it, bit for bit: EXIF orientation and colour profile are ignored and alpha is dropped, on purpose.
   * Where what is opaque differs from what lies beneath by its alpha only, it is flattened as for `lanczos3`.
   * Exact for JPEG (gray, YCbCr) and 8-bit PNG; CMYK and 16-bit pictures are converted by other formulas than Pillow's.
   */
  nearest: async (bytes, decoding, region) => {
    const { data, info } = await cut(open(bytes, decoding, { ignoreIcc: true }), region)
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { pixels, alpha } = resizeNearest(data, info, decoding.size);
    const isLost = alpha && (alpha.every((level) => level === 0) || isErased(pixels, pixels.subarray(0, 3), alpha));
    return isLost ? MODES.lanczos3(bytes, decoding, region) : pixels;
  },
};

const WHITE = [255, 255, 255];

/** On white, or on a dark ground where white erases the picture. */
async function onGround(
  draw: (background: string) => Promise<Uint8Array>,
  source: Parameters<Mode>,
): Promise<Uint8Array> {
  const pixels = await draw('#fff');
  const isLost = mayBeErased(pixels, WHITE) && (await isErasedBy(WHITE, pixels, source));
  return isLost ? draw(DARK_GROUND) : pixels;
}

/** Reads the alpha of a picture, if it has any: seldom, so that the others are opened once. */
async function isErasedBy(
  ground: ArrayLike<number>,
  pixels: Uint8Array,
  [bytes, decoding, region]: Parameters<Mode>,
): Promise<boolean> {
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (isJpeg || !(await open(bytes, decoding).metadata()).hasAlpha) return false;
  const shown = await resized(bytes, decoding, region).toColourspace('srgb').ensureAlpha().raw().toBuffer();
  return isErased(
    pixels,
    ground,
    Uint8Array.from({ length: shown.length / 4 }, (_, i) => shown[4 * i + 3]),
  );
}

const resized = (bytes: Buffer, decoding: Decoding, region?: sharp.Region) =>
  cut(upright(bytes, decoding), region).resize(decoding.size, decoding.size, { fit: 'fill', kernel: 'lanczos3' });

/** In `nearest` mode all ways of reading leave out the EXIF orientation, so that a region means the same. */
const upright = (bytes: Buffer, decoding: Decoding) =>
  isUpright(decoding) ? open(bytes, decoding).autoOrient() : open(bytes, decoding);

const cut = (picture: sharp.Sharp, region?: sharp.Region) => (region ? picture.extract(region) : picture);

/** In whole pixels, at least one, inside the picture. */
function regionOf(
  crop: Crop | undefined,
  { width, height }: { width: number; height: number },
): sharp.Region | undefined {
  if (!crop) return undefined;
  const left = Math.min(Math.floor(crop.left * width), width - 1);
  const top = Math.min(Math.floor(crop.top * height), height - 1);
  return {
    left,
    top,
    width: Math.max(1, Math.min(Math.round(crop.width * width), width - left)),
    height: Math.max(1, Math.min(Math.round(crop.height * height), height - top)),
  };
}

function open(bytes: Buffer, { maxPixels, timeoutMs }: DecodeLimits, options: sharp.SharpOptions = {}): sharp.Sharp {
  return sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', ...options }).timeout({
    seconds: Math.max(1, Math.ceil(timeoutMs / 1000)),
  });
}
