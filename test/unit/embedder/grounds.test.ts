import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { type Decoding, decodePicture } from '../../../plugin/embedder/process/decode';
import { DECODING as LIMITS } from '../../helpers/decoding';

const folder = mkdtempSync(path.join(tmpdir(), 'similar-grounds-'));
after(() => rmSync(folder, { recursive: true }));

const SIZE = 64;
const DECODING: Decoding = { ...LIMITS, size: SIZE };

const SHAPES = {
  disc: '<circle cx="100" cy="100" r="70"/>',
  triangle: '<path d="M100 20 L180 170 L20 170 Z"/>',
  stripes: '<path d="M0 20h200v25H0zM0 85h200v25H0zM0 150h200v25H0z"/>',
};

const svgOf = (inside: string, fill: string) =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><g fill="${fill}">${inside}</g></svg>`);

let files = 0;
async function decode(bytes: Buffer, options: Partial<Decoding> = {}): Promise<Uint8Array> {
  const file = path.join(folder, String(files++));
  writeFileSync(file, bytes);
  const decoded = await decodePicture(file, { ...DECODING, ...options });
  assert.ok(decoded.ok, JSON.stringify(decoded));
  return decoded.pixels;
}

/** Share of the pixels that differ. */
function difference(one: Uint8Array, other: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < one.length; i += 3) if (Math.abs(one[i] - other[i]) > 40) count++;
  return (3 * count) / one.length;
}

const WAYS: Record<string, Partial<Decoding>> = {
  lanczos3: { resize: 'lanczos3' },
  nearest: { resize: 'nearest' },
  'bicubic as Pillow': { resize: 'bicubic', resampler: 'pillow' },
};

for (const [name, way] of Object.entries(WAYS)) {
  for (const fill of ['white', 'black', '#fdfdfb', '#404040']) {
    test(`shapes in ${fill} on transparent ground are told apart, as PNG and as SVG (${name})`, async () => {
      const seen: Array<{ shape: string; pixels: Uint8Array }> = [];
      for (const [shape, inside] of Object.entries(SHAPES)) {
        const svg = svgOf(inside, fill);
        const rgba = await sharp(svg).raw().toBuffer();
        // What lies beneath has the colour of the shape, as some programs write it.
        const [red, green, blue] = rgba.subarray((100 * 200 + 100) * 4, (100 * 200 + 100) * 4 + 3);
        for (let i = 0; i < rgba.length; i += 4) if (rgba[i + 3] === 0) rgba.set([red, green, blue], i);
        const beneath = sharp(rgba, { raw: { width: 200, height: 200, channels: 4 } });
        for (const bytes of [svg, await sharp(svg).png().toBuffer(), await beneath.png().toBuffer()]) {
          for (const uncounted of [0, 1_000_000])
            seen.push({ shape, pixels: await decode(bytes, { ...way, uncounted }) });
        }
      }
      for (const one of seen) {
        for (const other of seen) {
          if (one.shape !== other.shape) {
            const share = difference(one.pixels, other.pixels);
            assert.ok(share > 0.1, `${one.shape} and ${other.shape} differ in ${share}`);
          }
        }
      }
    });
  }

  test(`a picture that is transparent everywhere has nothing to be seen, whatever lies beneath (${name})`, async () => {
    const pixels = Buffer.from(Array.from({ length: 64 * 64 }, (_, i) => [i % 256, (i >> 4) % 256, 99, 0]).flat());
    const file = path.join(folder, 'hidden');
    writeFileSync(
      file,
      await sharp(pixels, { raw: { width: 64, height: 64, channels: 4 } })
        .png()
        .toBuffer(),
    );
    const decoded = await decodePicture(file, { ...DECODING, ...way });
    assert.equal(!decoded.ok && decoded.code, 'NOTHING_VISIBLE');
  });
}

test('a white shape with a little colour in it is kept, too, and in 16 bits', async () => {
  const spot = '<circle cx="100" cy="100" r="3" fill="red"/>';
  const [disc, stripes] = await Promise.all(
    [SHAPES.disc, SHAPES.stripes].map(async (shape) => {
      const svg = svgOf(shape + spot, 'white');
      return decode(await sharp(svg).toColourspace('rgb16').png().toBuffer());
    }),
  );
  assert.ok(difference(disc, stripes) > 0.1);
});

test('ordinary pictures with transparency stay on white, bit for bit', async () => {
  const colours = ['#d33', '#eee', 'black', 'hsl(200,60%,80%)'];
  const ordinary = colours.map((fill) => svgOf(SHAPES.triangle, fill));
  // A white thing with a shade, as a shoe has; a sheet of paper with a few words and round corners.
  ordinary.push(svgOf('<circle cx="100" cy="100" r="70"/><path d="M60 110h80v20H60z" fill="#ccc"/>', 'white'));
  ordinary.push(svgOf('<rect width="200" height="200" rx="9"/><path d="M20 20h160v16H20z" fill="#222"/>', 'white'));
  for (const svg of ordinary) {
    const png = await sharp(svg).png().toBuffer();
    const onWhite = await sharp(png)
      .resize(SIZE, SIZE, { fit: 'fill', kernel: 'lanczos3' })
      .toColourspace('srgb')
      .flatten({ background: '#fff' })
      .raw()
      .toBuffer();
    assert.deepEqual(Buffer.from(await decode(png)), onWhite);
  }
});

test('a pale picture without transparency stays as it is, in RGBA as in RGB', async () => {
  const svg = svgOf('<rect width="200" height="200"/><path d="M20 20h30v16H20z" fill="#222"/>', 'white');
  const [rgb, rgba] = [await sharp(svg).removeAlpha().png().toBuffer(), await sharp(svg).png().toBuffer()];
  for (const way of Object.values(WAYS)) {
    assert.deepEqual(await decode(rgba, way), await decode(rgb, way));
  }
});
