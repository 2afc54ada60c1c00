import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { HashTable } from '../../../plugin/same-photo/hash-table';
import { MINIATURE_BYTES, miniatureOf } from '../../../plugin/same-photo/miniature';
import { Photo } from '../../../plugin/same-photo/photo';
import { type PhotoHash, photoHashes } from '../../../plugin/same-photo/photo-hash';
import { compare, isSamePhoto } from '../../../plugin/same-photo/same-photo';
import { catalogue } from '../../../scripts/demo/catalogue/products';
import { renderShot } from '../../../scripts/demo/catalogue/shots';
import { texture } from '../../helpers/pictures';

const SIZE = 224;

async function miniature(image: sharp.Sharp): Promise<Uint8Array> {
  const saved = await image.jpeg().toBuffer();
  const pixels = await sharp(saved).resize(SIZE, SIZE, { fit: 'fill', kernel: 'lanczos3' }).raw().toBuffer();
  return miniatureOf(pixels, SIZE);
}

const photo = async (image: sharp.Sharp) => new Photo(await miniature(image));

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const whole = async (seed: number) => sharp(await texture(seed));

const COPIES: Record<string, (picture: sharp.Sharp) => Promise<sharp.Sharp> | sharp.Sharp> = {
  'saved with a tenth of the quality': async (picture) => sharp(await picture.jpeg({ quality: 20 }).toBuffer()),
  'in half the size': (picture) => picture.resize(96, 96),
  'in another shape': (picture) => picture.resize(150, 90, { fit: 'fill' }),
  brighter: (picture) => picture.linear(1.3, 0),
  darker: (picture) => picture.linear(0.7, 0),
  mirrored: (picture) => picture.flop(),
  'upside down': (picture) => picture.flip(),
  'turned by a quarter': (picture) => picture.rotate(90),
  'turned by a half': (picture) => picture.rotate(180),
  'turned by three quarters': (picture) => picture.rotate(270),
  'cut at two sides': (picture) => picture.extract({ left: 30, top: 0, width: 158, height: 158 }),
  'cut at all sides': (picture) => picture.extract({ left: 20, top: 18, width: 154, height: 154 }),
  'cut a little, and mirrored': async (picture) =>
    sharp(await picture.extract({ left: 9, top: 12, width: 170, height: 172 }).toBuffer()).flop(),
};

describe('the same photo', () => {
  for (const [how, change] of Object.entries(COPIES)) {
    test(`${how}: it is`, async () => {
      for (const seed of SEEDS) {
        const [original, copy] = [await photo(await whole(seed)), await photo(await change(await whole(seed)))];
        assert.ok(isSamePhoto(original, copy), `${seed}: ${JSON.stringify(compare(original, copy))}`);
        assert.ok(isSamePhoto(copy, original), `${seed}, the other way round`);
      }
    });
  }

  test('other pictures are not', async () => {
    const miniatures = await Promise.all(SEEDS.map(async (seed) => photo(await whole(seed))));
    for (const [a, one] of miniatures.entries()) {
      for (const [b, other] of miniatures.entries()) assert.equal(isSamePhoto(one, other), a === b, `${a} and ${b}`);
    }
  });

  test('with the thing in it dyed it is not, as a whole and cut', async () => {
    const shirt = (colour: string) => {
      const folds = Array.from(
        { length: 9 },
        (_, at) => `<path d="M${50 + at * 12} 60 q${at % 2 ? 9 : -7} 40 2 110" />`,
      );
      return sharp(
        Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="192" height="192"><rect width="192" height="192" fill="#f4f4f2"/>
          <path d="M40 40 L80 25 L112 25 L152 40 L165 80 L145 85 L145 175 L47 175 L47 85 L27 80 Z" fill="${colour}"/>
          <g stroke="#0003" stroke-width="3" fill="none">${folds.join('')}</g></svg>`),
      );
    };
    const [red, blue] = [await photo(shirt('#c0392b')), await photo(shirt('#2e5cb8'))];
    assert.ok(compare(red, blue).whole > 0.85, 'the details are the same');
    assert.equal(isSamePhoto(red, blue), false);
    const cut = shirt('#2e5cb8').extract({ left: 18, top: 12, width: 160, height: 160 });
    assert.equal(isSamePhoto(red, await photo(cut)), false);
  });

  describe('a product of the catalogue', () => {
    const DARK = { navy: '#2f456b', charcoal: '#4a4d53', 'dark green': '#1f3d2b', 'dark brown': '#3b2a2a' };
    const LIGHT = { sage: '#8fa68b', blush: '#e3a6a1', cream: '#e9dfca', mustard: '#d9a441' };
    const products = ['mug', 'lamp', 'chair', 'vase', 'backpack'].flatMap((noun) =>
      [0, 1].map((form) => catalogue().find(({ family, variant }) => family.noun.en === noun && variant.form === form)),
    );

    async function shots(colour: string): Promise<sharp.Sharp[]> {
      const drawn = products.map((product) => {
        assert.ok(product);
        const { form } = product.variant;
        const variant = { form, colour, accent: '#d9a441', surface: { colour, pattern: 'plain' as const } };
        return renderShot({ ...product, variant }, 'front');
      });
      return (await Promise.all(drawn)).map((bytes) => sharp(bytes));
    }

    for (const [kind, colours] of Object.entries({ dark: DARK, light: LIGHT })) {
      test(`is not one photo in two ${kind} colours`, async () => {
        const dyed = await Promise.all(
          Object.entries(colours).map(async ([name, colour]) => ({
            name,
            photos: await Promise.all((await shots(colour)).map(photo)),
          })),
        );
        for (const [at, one] of dyed.entries()) {
          for (const other of dyed.slice(0, at)) {
            for (const [product, photoOfOne] of one.photos.entries()) {
              const photoOfOther = other.photos[product];
              const what = `${one.name}, ${other.name}: ${products[product]?.name.en}`;
              const measured = JSON.stringify(compare(photoOfOne, photoOfOther));
              assert.equal(isSamePhoto(photoOfOne, photoOfOther), false, `${what} ${measured}`);
            }
          }
        }
      });
    }

    const KEPT: Record<string, (picture: sharp.Sharp) => sharp.Sharp> = {
      brighter: (picture) => picture.linear(1.3, 0),
      darker: (picture) => picture.linear(0.7, 0),
      'saved with less quality': (picture) => picture.jpeg({ quality: 30 }),
      smaller: (picture) => picture.resize(200, 200),
      'in a warmer light': (picture) =>
        picture.recomb([
          [1.05, 0, 0],
          [0, 1, 0],
          [0, 0, 0.95],
        ]),
    };
    for (const [how, change] of Object.entries(KEPT)) {
      test(`is one photo ${how}`, async () => {
        for (const colour of [DARK.navy, DARK.charcoal, DARK['dark green'], LIGHT.sage]) {
          for (const [at, picture] of (await shots(colour)).entries()) {
            const original = await photo(picture.clone());
            const copy = await photo(sharp(await change(picture.clone()).toBuffer()));
            const measured = JSON.stringify(compare(original, copy));
            assert.ok(isSamePhoto(original, copy), `${colour}: ${products[at]?.name.en} ${measured}`);
          }
        }
      });
    }
  });

  test('a picture without details is like none that differs', async () => {
    const plain = (colour: string) =>
      photo(sharp({ create: { width: 96, height: 96, channels: 3, background: colour } }));
    assert.equal(isSamePhoto(await plain('#888'), await plain('#868686')), false);
    assert.equal(isSamePhoto(await plain('#888'), await photo(await whole(1))), false);
  });
});

describe('a miniature', () => {
  test('has the mean of what each point covers, also where pixels lie across the border of two', () => {
    for (const size of [32, 50, 224, 299]) {
      const pixels = new Uint8Array(3 * size * size);
      for (let at = 0; at < size * size; at++) pixels[3 * at] = Math.round((255 * (at % size)) / (size - 1));
      const found = miniatureOf(pixels, size);
      assert.equal(found.length, MINIATURE_BYTES);
      for (let x = 0; x < 32; x++) {
        const wanted = (0.299 * 255 * (((x + 0.5) * size) / 32 - 0.5)) / (size - 1);
        for (const y of [0, 17, 31]) assert.ok(Math.abs(found[y * 32 + x] - wanted) <= 1, `${size}: ${x} ${y}`);
      }
    }
  });
});

describe('hashes', () => {
  const bits = (a: PhotoHash, b: PhotoHash) =>
    [...a].reduce((sum, word, at) => sum + (word ^ b[at]).toString(2).replace(/[^1]/g, '').length, 0);

  test('of a picture in its eight orientations are those of the turned pictures', async () => {
    const turned = [0, 90, 180, 270].flatMap((angle) => [
      async () => (await whole(3)).rotate(angle),
      async () => sharp(await (await whole(3)).rotate(angle).png().toBuffer()).flop(),
    ]);
    const hashes = photoHashes(await miniature(await whole(3)));
    const nearest = new Set<number>();
    for (const make of turned) {
      const [hash] = photoHashes(await miniature(await make()));
      const distances = hashes.map((other) => bits(hash, other));
      assert.ok(Math.min(...distances) <= 15, `${distances}`);
      nearest.add(distances.indexOf(Math.min(...distances)));
    }
    assert.equal(nearest.size, 8, 'each of them once');
  });

  test('a table finds those that are near, among others', async () => {
    const table = new HashTable();
    const numbers = new Map<number, number>();
    for (const seed of Array.from({ length: 40 }, (_, at) => at)) {
      numbers.set(seed, table.add(photoHashes(await miniature(await whole(seed)))[0]));
    }
    for (const seed of SEEDS) {
      const turned = photoHashes(await miniature((await whole(seed)).rotate(270)));
      assert.deepEqual([...new Set(turned.flatMap((hash) => table.near(hash)))], [numbers.get(seed)]);
    }
  });

  test('a table of many that are the same answers with the newest of them', () => {
    const table = new HashTable();
    const hash = new Uint16Array(16).fill(7);
    for (let at = 0; at < 5_000; at++) table.add(hash);
    assert.deepEqual(
      table.near(hash).toSorted(),
      Array.from({ length: 16 }, (_, at) => 4_984 + at),
    );
  });
});
