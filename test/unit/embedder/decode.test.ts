import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { type Decoding, decodePicture } from '../../../plugin/embedder/process/decode';
import { DECODING as LIMITS } from '../../helpers/decoding';

const folder = mkdtempSync(path.join(tmpdir(), 'similar-decode-'));
after(() => rmSync(folder, { recursive: true }));

const DECODING: Decoding = { ...LIMITS, size: 8 };

/** Every way of reading a picture. */
const WAYS: ReadonlyArray<Partial<Decoding>> = [
  { resize: 'lanczos3' },
  { resize: 'nearest' },
  { resize: 'bicubic', resampler: 'pillow' },
  { resize: 'nearest', resampler: 'pillow' },
];
/** As a person sees it. */
const PILLOW: Partial<Decoding> = { resize: 'bilinear', resampler: 'pillow' };

const RED = { r: 255, g: 0, b: 0 };
const plain = (width: number, height: number, background: sharp.Color, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background } });

/** One colour, but for a black pixel in the last corner: a plain picture has nothing to be seen. */
const solid = (width: number, height: number, background: sharp.Color, channels: 3 | 4 = 3) =>
  plain(width, height, background, channels).composite([
    { input: { create: { width: 1, height: 1, channels, background: '#000' } }, left: width - 1, top: height - 1 },
  ]);

/** 16 × 8 pixels: red on the left, blue on the right. */
const redAndBlue = () =>
  solid(16, 8, RED).composite([
    { input: { create: { width: 8, height: 8, channels: 3, background: '#00f' } }, left: 8, top: 0 },
  ]);

function save(name: string, bytes: Buffer | string): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

async function decode(file: string, options: Partial<Decoding> = {}) {
  return decodePicture(file, { ...DECODING, ...options });
}

/** The colour at (x, y) of the 8 × 8 result. */
async function pixel(file: string, x: number, y: number, options: Partial<Decoding> = {}): Promise<number[]> {
  const decoded = await decode(file, options);
  assert.ok(decoded.ok, JSON.stringify(decoded));
  assert.equal(decoded.pixels.length, 8 * 8 * 3);
  return [...decoded.pixels.subarray((y * 8 + x) * 3, (y * 8 + x) * 3 + 3)];
}

function near(actual: number[], expected: number[], tolerance = 3): void {
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]) <= tolerance, `${actual} is not near ${expected}`);
  }
}

test('transparent becomes white; nearest drops alpha, as Keras does', async () => {
  // The left half is red that cannot be seen, the right half blue.
  const data = Buffer.from(
    Array.from({ length: 256 }, (_, i) => (i % 16 < 8 ? [255, 0, 0, 0] : [0, 0, 255, 255])).flat(),
  );
  const file = save(
    'clear.png',
    await sharp(data, { raw: { width: 16, height: 16, channels: 4 } })
      .png()
      .toBuffer(),
  );
  assert.deepEqual(await pixel(file, 0, 4), [255, 255, 255]);
  assert.deepEqual(await pixel(file, 0, 4, { resize: 'nearest' }), [255, 0, 0]);
});

test('the EXIF orientation turns the picture; nearest leaves it as it is, as Keras does', async () => {
  const turned = redAndBlue().withMetadata({ orientation: 6 }); // to be shown turned by 90° clockwise: red on top
  const file = save('turned.jpg', await turned.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer());
  near(await pixel(file, 0, 1), [255, 0, 0]);
  near(await pixel(file, 7, 1), [255, 0, 0]);
  near(await pixel(file, 0, 6), [0, 0, 255]);
  near(await pixel(file, 0, 1, { resize: 'nearest' }), [255, 0, 0]);
  near(await pixel(file, 7, 1, { resize: 'nearest' }), [0, 0, 255]);
  near(await pixel(file, 7, 1, PILLOW), [255, 0, 0]);
  near(await pixel(file, 7, 1, { ...PILLOW, resize: 'nearest' }), [255, 0, 0]);
  near(await pixel(file, 0, 6, { ...PILLOW, crop: { left: 0, top: 0, width: 1, height: 0.75 } }), [0, 0, 255], 60);
  near(await pixel(file, 0, 0, { ...PILLOW, crop: { left: 0, top: 0, width: 1, height: 0.75 } }), [255, 0, 0]);
});

test('the whole picture is brought to a square, its sides are not cut', async () => {
  const file = save('wide.png', await redAndBlue().png().toBuffer());
  near(await pixel(file, 1, 4), [255, 0, 0], 30);
  near(await pixel(file, 6, 4), [0, 0, 255], 30);
});

test('with a shortest edge, the middle is cut out', async () => {
  const middle = { input: { create: { width: 16, height: 16, channels: 3, background: '#0f0' } as const } };
  const file = save('middle.png', await solid(48, 16, RED).composite([middle]).png().toBuffer());
  for (const corner of [0, 7]) {
    near(await pixel(file, corner, corner, { ...PILLOW, shortestEdge: 8 }), [0, 255, 0], 40);
    near(await pixel(file, 3 + corner / 7, corner, PILLOW), [0, 255, 0], 30);
    assert.deepEqual(await pixel(file, corner, 3, PILLOW), [255, 0, 0]);
  }
});

test('what nothing has to be computed for comes out as Pillow gives it, alpha on white', async () => {
  const data = Buffer.from(Array.from({ length: 64 }, (_, i) => [i * 4, 255 - i, (i * 37) % 256]).flat());
  const file = save(
    'exact.png',
    await sharp(data, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toBuffer(),
  );
  for (const resize of ['nearest', 'bilinear', 'bicubic', 'lanczos3'] as const) {
    const decoded = await decode(file, { resize, resampler: 'pillow' });
    assert.deepEqual(decoded.ok && Buffer.from(decoded.pixels), data);
  }
  const clear = save(
    'half-clear.png',
    await sharp(data, { raw: { width: 8, height: 8, channels: 3 } })
      .ensureAlpha(0.5)
      .png()
      .toBuffer(),
  );
  near(await pixel(clear, 0, 0, PILLOW), [127, 255, 127]);
});

test('gray, 16-bit, CMYK and palette pictures have three channels of 8 bit', async () => {
  const gray = { r: 90, g: 90, b: 90 };
  near(
    await pixel(save('gray.png', await solid(9, 9, gray).toColourspace('b-w').png().toBuffer()), 1, 1),
    [90, 90, 90],
  );
  near(
    await pixel(save('gray.jpg', await solid(9, 9, gray).toColourspace('b-w').jpeg().toBuffer()), 1, 1, {
      resize: 'nearest',
    }),
    [90, 90, 90],
  );
  near(
    await pixel(save('deep.png', await solid(9, 9, RED).toColourspace('rgb16').png().toBuffer()), 1, 1),
    [255, 0, 0],
  );
  near(
    await pixel(save('cmyk.jpg', await solid(9, 9, gray).toColourspace('cmyk').jpeg().toBuffer()), 1, 1),
    [90, 90, 90],
    15,
  );
  for (const name of ['gray.png', 'deep.png', 'cmyk.jpg']) {
    near(await pixel(path.join(folder, name), 1, 1, PILLOW), await pixel(path.join(folder, name), 1, 1));
  }
  near(await pixel(save('palette.gif', await solid(9, 9, RED).gif().toBuffer()), 1, 1), [255, 0, 0]);
});

test('of an animation the first frame counts', async () => {
  const frames = await Promise.all([RED, '#0f0', '#00f'].map((colour) => solid(9, 9, colour).png().toBuffer()));
  const animation = await sharp(frames, { join: { animated: true } })
    .webp({ lossless: true })
    .toBuffer();
  near(await pixel(save('animation.webp', animation), 4, 4), [255, 0, 0]);
});

test('a colour profile is honoured; nearest ignores it, as Keras does', async () => {
  const file = save('p3.png', await solid(9, 9, '#00c800').withIccProfile('p3').png().toBuffer());
  const { data } = await sharp(file, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  assert.notDeepEqual([...data.subarray(0, 3)], [0, 200, 0], 'stored in the profile’s own numbers');
  near(await pixel(file, 4, 4), [0, 200, 0]);
  near(await pixel(file, 4, 4, PILLOW), [0, 200, 0]);
  assert.deepEqual(await pixel(file, 4, 4, { resize: 'nearest' }), [...data.subarray(0, 3)]);
});

test('the name says nothing: neither its extension nor what libvips would read as options', async () => {
  const png = await solid(9, 9, RED).png().toBuffer();
  for (const name of ['picture.jpg', 'picture.txt', 'picture', 'picture[page=3].tif']) {
    near(await pixel(save(name, png), 1, 1), [255, 0, 0]);
  }
});

test('an SVG cannot show the files beside it', async () => {
  const secret = save('secret.png', await solid(9, 9, '#000').png().toBuffer());
  for (const href of ['secret.png', secret, `file://${secret}`]) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><image href="${href}" width="16" height="16"/></svg>`;
    const decoded = await decode(save('thief.svg', svg));
    assert.equal(!decoded.ok && decoded.code, 'NOTHING_VISIBLE');
  }
});

test('a plain or fully transparent picture has nothing to be seen', async () => {
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const blank: Record<string, Buffer | string> = {
    'white.png': await plain(300, 200, '#fff').png().toBuffer(),
    'red.jpg': await plain(301, 203, '#e4322a').jpeg({ quality: 60 }).toBuffer(),
    'clear-plain.png': await plain(64, 64, clear, 4).png().toBuffer(),
    'clear.webp': await plain(64, 64, clear, 4).webp().toBuffer(),
    'empty.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"/>',
  };
  for (const way of WAYS) {
    for (const [name, bytes] of Object.entries(blank)) {
      for (const uncounted of [0, 1_000_000]) {
        const decoded = await decode(save(name, bytes), { ...way, uncounted });
        assert.ok(!decoded.ok, `${name}, ${JSON.stringify(way)}`);
        assert.deepEqual([decoded.state, decoded.code], ['unsupported', 'NOTHING_VISIBLE']);
      }
    }
    const faint = await plain(64, 64, '#fff')
      .composite([{ input: { create: { width: 32, height: 32, channels: 3, background: '#fafafa' } } }])
      .png()
      .toBuffer();
    assert.ok((await decode(save('faint.png', faint), way)).ok, 'white on off-white is content');
  }
});

test('limits are kept, and say what they are', async () => {
  const file = save('large.png', await solid(1_001, 1_000, RED).png().toBuffer());
  const pixels = await decode(file);
  assert.ok(!pixels.ok);
  assert.deepEqual([pixels.state, pixels.code], ['unsupported', 'TOO_MANY_PIXELS']);
  const bytes = await decode(file, { maxBytes: 100 });
  assert.ok(!bytes.ok);
  assert.deepEqual([bytes.state, bytes.code], ['unsupported', 'TOO_LARGE']);
});

test('a missing file, an empty one and a folder are told apart from damaged ones', async () => {
  const codes = async (file: string) => {
    const decoded = await decode(file);
    return decoded.ok ? 'ok' : `${decoded.state} ${decoded.code}`;
  };
  const png = await solid(64, 64, RED).png({ compressionLevel: 0 }).toBuffer();
  assert.equal(await codes(path.join(folder, 'nowhere.png')), 'failed BYTES_MISSING');
  assert.equal(await codes(folder), 'failed BYTES_UNREADABLE');
  assert.equal(await codes(save('empty.png', '')), 'failed EMPTY_FILE');
  assert.equal(await codes(save('half.png', png.subarray(0, png.length / 2))), 'failed DECODE_FAILED');
  assert.equal(await codes(save('words.png', 'no picture')), 'unsupported UNSUPPORTED_FORMAT');
});

test('pixels are admitted before they are decoded, and given back whatever happens', async () => {
  const log: string[] = [];
  const admit = async (pixels: number) => {
    log.push(`take ${pixels}`);
    return () => log.push('give back');
  };
  await decode(save('good.png', await solid(20, 10, RED).png().toBuffer()), { admit });
  const png = await solid(20, 10, RED).png({ compressionLevel: 0 }).toBuffer();
  await decode(save('bad.png', png.subarray(0, 300)), { admit });
  assert.deepEqual(log, ['take 200', 'give back', 'take 200', 'give back']);
});

test('small pictures are decoded without being admitted, and come out the same', async () => {
  const file = save('small.jpg', await redAndBlue().jpeg().toBuffer()); // 16 × 8
  for (const way of WAYS) {
    const admitted: number[] = [];
    const admit = async (pixels: number) => {
      admitted.push(pixels);
      return () => {};
    };
    const small = await decode(file, { ...way, admit, uncounted: 128 });
    assert.deepEqual(admitted, []);
    assert.deepEqual(await decode(file, { ...way, admit, uncounted: 127 }), small);
    assert.deepEqual(admitted, [128]);
    const crop = { left: 0.5, top: 0, width: 0.5, height: 1 };
    assert.ok((await decode(file, { ...way, admit, uncounted: 128, crop })).ok);
    assert.deepEqual(admitted, [128, 128]);
  }
  const refused = await decode(file, { uncounted: 1_000, maxPixels: 100 });
  assert.equal(!refused.ok && refused.code, 'TOO_MANY_PIXELS');
});

for (const box of ['0 0 10 50000', '0 0 10000 1000000000', '0 0 100 1000000000000']) {
  test(`a drawing that cannot be drawn is not called damaged: viewBox ${box}`, async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}"><rect width="24" height="48" fill="blue"/></svg>`;
    const decoded = await decode(save('long.svg', svg));
    assert.ok(!decoded.ok);
    assert.equal(decoded.code, 'DECODE_FAILED');
    assert.match(decoded.reason, /^The SVG cannot be drawn here/);
  });
}
