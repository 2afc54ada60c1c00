import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { texture } from './pictures';
import { strangeSvg } from './strange-svg';

export interface Mutant {
  /** Kind of picture, what was done to it, and which one it is: the same for the same seed. */
  name: string;
  format: string;
  bytes: Buffer;
}

type Random = () => number;

const SIZE = 48;

/** Whole pictures of each kind that sharp writes. */
export async function wholePictures(): Promise<Array<[format: string, bytes: Buffer]>> {
  const frames = await Promise.all(
    [1, 2, 3].map(async (seed) =>
      sharp(await texture(seed))
        .resize(SIZE)
        .png()
        .toBuffer(),
    ),
  );
  const one = () => sharp(frames[0]);
  const clear = () => one().ensureAlpha(0.5);
  const moving = () => sharp(frames, { join: { animated: true } });
  const made: Array<[string, sharp.Sharp]> = [
    ['jpeg', one().jpeg()],
    ['progressive jpeg', one().jpeg({ progressive: true })],
    ['cmyk jpeg', one().toColourspace('cmyk').jpeg()],
    ['turned jpeg', one().withMetadata({ orientation: 6 }).jpeg()],
    ['png', clear().png()],
    ['palette png', one().png({ palette: true, colours: 16 })],
    ['interlaced png', one().png({ progressive: true })],
    ['16-bit png', one().toColourspace('rgb16').png()],
    ['gray png', one().greyscale().png()],
    ['gif', one().gif()],
    ['animated gif', moving().gif()],
    ['webp', clear().webp()],
    ['lossless webp', one().webp({ lossless: true })],
    ['animated webp', moving().webp()],
    ['tiff', one().tiff({ compression: 'none' })],
    ['lzw tiff', one().tiff({ compression: 'lzw', predictor: 'horizontal' })],
    ['deflate tiff', one().tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 })],
    ['jpeg tiff', one().tiff({ compression: 'jpeg' })],
    ['float tiff', one().toColourspace('scrgb').tiff({ compression: 'none' })],
    ['avif', one().avif({ effort: 0 })],
  ];
  return Promise.all(made.map(async ([format, picture]) => [format, await picture.toBuffer()]));
}

/** Numbers at which lengths, offsets and sizes go wrong. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

const any = <Item>(items: readonly Item[], random: Random) => items[Math.floor(random() * items.length)];
const place = (bytes: Buffer, random: Random, within = bytes.length) =>
  Math.floor(random() * Math.max(1, Math.min(within, bytes.length)));

/** Each takes a copy that it may change. */
const DAMAGE: Record<string, (bytes: Buffer, random: Random) => Buffer> = {
  'header bytes': (bytes, random) => scatter(bytes, random, 1 + Math.floor(random() * 4), 64),
  bytes: (bytes, random) => scatter(bytes, random, 1 + Math.floor(random() * 16), bytes.length),
  bit(bytes, random) {
    bytes[place(bytes, random)] ^= 1 << Math.floor(random() * 8);
    return bytes;
  },
  'cut short': (bytes, random) => bytes.subarray(0, place(bytes, random)),
  'a number': (bytes, random) => number(bytes, random, bytes.length),
  'a number of the header': (bytes, random) => number(bytes, random, 160),
  'a piece twice'(bytes, random) {
    const [from, to] = [place(bytes, random), place(bytes, random)].sort((a, b) => a - b);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  'a piece missing'(bytes, random) {
    const from = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + place(bytes, random, 64))]);
  },
  'zeros at the end': (bytes, random) => bytes.fill(0, place(bytes, random)),
};

function scatter(bytes: Buffer, random: Random, count: number, within: number): Buffer {
  for (let at = 0; at < count; at++) bytes[place(bytes, random, within)] = Math.floor(random() * 256);
  return bytes;
}

function number(bytes: Buffer, random: Random, within: number): Buffer {
  const at = place(bytes, random, Math.min(within, bytes.length - 4));
  const value = any(EDGES, random);
  if (random() < 0.5) bytes.writeUInt32LE(value, at);
  else bytes.writeUInt32BE(value, at);
  return bytes;
}

/** Checksums that fit what is wrong, so that it is read. */
function mendPng(bytes: Buffer): Buffer {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return bytes;
}

/** `count` damaged pictures, the same for the same numbers. */
export async function mutants(count: number, random: Random): Promise<Mutant[]> {
  const whole = await wholePictures();
  const kinds = Object.keys(DAMAGE);
  return Array.from({ length: count }, (_, at): Mutant => {
    if (at % (whole.length + 2) >= whole.length) {
      const { name, svg } = strangeSvg(random);
      return { name: `${at} svg: ${name}`, format: 'svg', bytes: Buffer.from(svg) };
    }
    const [format, bytes] = whole[at % (whole.length + 2)];
    const kind = any(kinds, random);
    const damaged = DAMAGE[kind](Buffer.from(bytes), random);
    const mended = format.endsWith('png') && random() < 0.7;
    return { name: `${at} ${format}: ${kind}`, format, bytes: mended ? mendPng(damaged) : damaged };
  });
}
