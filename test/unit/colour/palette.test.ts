import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { chromaOf, type Oklab, oklabOf } from '../../../plugin/colour/oklab';
import { distanceFrom, paletteOf } from '../../../plugin/colour/palette';
import { miniatureOf } from '../../../plugin/same-photo/miniature';
import { catalogue } from '../../../scripts/demo/catalogue/products';
import { renderShot } from '../../../scripts/demo/catalogue/shots';

const SIZE = 224;
const NEAR = 0.1;

const hex = (colour: string): Oklab => {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return oklabOf(red, green, blue);
};

async function palette(picture: Buffer) {
  const saved = await sharp(picture).flatten({ background: '#fff' }).jpeg({ quality: 85 }).toBuffer();
  const pixels = await sharp(saved).resize(SIZE, SIZE, { fit: 'fill', kernel: 'lanczos3' }).raw().toBuffer();
  return paletteOf(miniatureOf(pixels, SIZE));
}

const drawn = (content: string, ground = '#ffffff') =>
  palette(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="448" height="448" viewBox="0 0 224 224">
      <rect width="224" height="224" fill="${ground}"/>${content}</svg>`),
  );

type Palette = Awaited<ReturnType<typeof palette>>;
const nearest = (found: Palette, colour: string) => distanceFrom(found, hex(colour));
const has = (found: Palette, colour: string) => nearest(found, colour) <= NEAR;

const rectangle = (x: number, y: number, width: number, height: number, fill: string) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;

const SHIRT =
  '<path d="M40 40 L80 25 L144 25 L184 40 L195 90 L170 95 L170 200 L54 200 L54 95 L29 90 Z" fill="#dcdcdc"/>';

describe('OKLab', () => {
  test('is what its author publishes', () => {
    const near = (found: Oklab, wanted: number[]) =>
      wanted.every((value, axis) => Math.abs(found[axis] - value) < 0.0005);
    assert.ok(near(hex('#ffffff'), [1, 0, 0]), `${hex('#ffffff')}`);
    assert.ok(near(hex('#000000'), [0, 0, 0]));
    assert.ok(near(hex('#ff0000'), [0.628, 0.2249, 0.1258]), `${hex('#ff0000')}`);
    assert.ok(near(hex('#00ff00'), [0.8664, -0.2339, 0.1795]), `${hex('#00ff00')}`);
    assert.ok(near(hex('#0000ff'), [0.452, -0.0325, -0.3115]), `${hex('#0000ff')}`);
    assert.deepEqual(oklabOf(300, -5, 0), oklabOf(255, 0, 0));
  });
});

describe('the palette of a picture', () => {
  test('has the colours of the thing, and not that of a ground', async () => {
    for (const ground of ['#ffffff', '#f1efec', '#202020', '#9fc5e8']) {
      const found = await drawn(rectangle(50, 40, 120, 70, '#2e5cb8') + rectangle(50, 110, 120, 70, '#d9a441'), ground);
      assert.ok(has(found, '#2e5cb8') && has(found, '#d9a441'), `${ground}: ${JSON.stringify(found)}`);
      assert.equal(has(found, ground), false, `${ground}: ${JSON.stringify(found)}`);
    }
  });

  test('has a small accent: a red button on a white shirt, a green dot on a black bag', async () => {
    const shirt = SHIRT;
    for (const [x, y] of [
      [112, 90],
      [105, 119],
      [119, 126],
    ]) {
      const red = await drawn(`${shirt}<circle cx="${x}" cy="${y}" r="8" fill="#cc1f1f"/>`);
      assert.ok(has(red, '#cc1f1f'), `${x} ${y}: ${nearest(red, '#cc1f1f')} ${JSON.stringify(red)}`);
      const green = await drawn(
        `${rectangle(40, 40, 150, 150, '#1a1a1a')}<circle cx="${x}" cy="${y}" r="8" fill="#2fae3c"/>`,
      );
      assert.ok(has(green, '#2fae3c'), `${x} ${y}: ${nearest(green, '#2fae3c')} ${JSON.stringify(green)}`);
    }
    for (const pale of ['#f4a6b7', '#fa8072', '#ff69b4', '#8b4513']) {
      const other = await drawn(`${shirt}<circle cx="105" cy="119" r="8" fill="${pale}"/>`);
      assert.equal(has(other, '#cc1f1f'), false, `${pale}: ${nearest(other, '#cc1f1f')} ${JSON.stringify(other)}`);
    }
    const plain = await drawn(shirt);
    assert.equal(has(plain, '#cc1f1f'), false);
    const blue = await drawn(`${shirt}<circle cx="112" cy="90" r="8" fill="#2e5cb8"/>`);
    assert.equal(has(blue, '#cc1f1f'), false);
    assert.ok(has(blue, '#2e5cb8'), JSON.stringify(blue));
  });

  test('a black thing is not grey where it meets the ground', async () => {
    const bag = rectangle(44, 44, 140, 140, '#1a1a1a');
    for (const content of [bag, SHIRT.replace('#dcdcdc', '#1a1a1a')]) {
      const found = await drawn(content);
      assert.ok(has(found, '#1a1a1a'));
      for (const grey of ['#555555', '#808080', '#b0b0b0'])
        assert.equal(has(found, grey), false, JSON.stringify(found));
    }
  });

  test('a shadow on the ground is no colour of the thing', async () => {
    const shadow = (height: number) =>
      `<defs><radialGradient id="g"><stop offset="0" stop-color="#777" stop-opacity=".9"/>
        <stop offset="1" stop-color="#777" stop-opacity="0"/></radialGradient></defs>
      <ellipse cx="112" cy="186" rx="76" ry="${height}" fill="url(#g)"/>`;
    for (const height of [8, 14, 20]) {
      const found = await drawn(shadow(height) + rectangle(62, 60, 100, 126, '#cc1f1f'));
      assert.ok(has(found, '#cc1f1f'));
      for (const grey of ['#808080', '#b0b0b0', '#d0d0d0']) {
        assert.equal(has(found, grey), false, `${height}: ${JSON.stringify(found)}`);
      }
    }
  });

  test('a white thing on white is white', async () => {
    const seams = '<path d="M80 25 L112 45 L144 25 M112 45 L112 200" stroke="#999" stroke-width="2" fill="none"/>';
    for (const white of ['#ffffff', '#f7f7f5', '#eeeeec']) {
      const found = await drawn(SHIRT.replace('#dcdcdc', white) + seams);
      assert.ok(has(found, '#ffffff'), `${white}: ${JSON.stringify(found)}`);
    }
  });

  test('of a white thing with a print, what is as white as the ground cannot be told from it', async () => {
    const print = '<circle cx="112" cy="110" r="24" fill="#2e5cb8"/>';
    const onWhite = await drawn(rectangle(62, 60, 100, 120, '#f4f4f2') + print);
    assert.deepEqual([has(onWhite, '#2e5cb8'), has(onWhite, '#ffffff')], [true, false], JSON.stringify(onWhite));
    const onBlue = await drawn(rectangle(62, 60, 100, 120, '#f4f4f2') + print, '#9fc5e8');
    assert.deepEqual([has(onBlue, '#2e5cb8'), has(onBlue, '#ffffff')], [true, true], JSON.stringify(onBlue));
  });

  test('keeps the colour of the ground where the thing has it inside', async () => {
    const found = await drawn(rectangle(40, 40, 144, 144, '#2e5cb8') + rectangle(80, 80, 64, 64, '#ffffff'));
    assert.ok(has(found, '#ffffff') && has(found, '#2e5cb8'), JSON.stringify(found));
  });

  test('has all colours of a picture without a ground, and that of one which is nothing else', async () => {
    const halves = await drawn(rectangle(0, 0, 112, 224, '#c0392b') + rectangle(112, 0, 112, 224, '#2f8582'));
    assert.ok(has(halves, '#c0392b') && has(halves, '#2f8582'), JSON.stringify(halves));
    const plain = await drawn('', '#8fa68b');
    assert.equal(plain.length, 1);
    assert.ok(has(plain, '#8fa68b'), JSON.stringify(plain));
  });

  test('is five colours at most, the largest first, and the same each time', async () => {
    const stripes = ['#c0392b', '#2e5cb8', '#2fae3c', '#d9a441', '#7d3c98', '#101010', '#e3a6a1']
      .map((colour, at) => rectangle(30, 30 + at * 24, 164, at === 0 ? 44 : 24, colour))
      .join('');
    const [found, again] = [await drawn(stripes), await drawn(stripes)];
    assert.equal(found.length, 5);
    assert.deepEqual(found, again);
    const shares = found.map(({ share }) => share);
    assert.deepEqual(
      shares,
      shares.toSorted((one, other) => other - one),
    );
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share) - 1) < 1e-9);
  });

  test('of a drawn product has the colour that its name says, and no other of the shop that is far from it', async () => {
    const others = { terracotta: '#c8664a', teal: '#2f8582', mustard: '#d9a441', navy: '#2f456b' };
    for (const noun of ['mug', 'vase', 'backpack']) {
      const product = catalogue().find(({ family }) => family.noun.en === noun);
      assert.ok(product);
      for (const [name, colour] of Object.entries(others)) {
        const variant = { form: 0, colour, accent: colour, surface: { colour, pattern: 'plain' as const } };
        const found = await palette(await renderShot({ ...product, variant }, 'front'));
        assert.ok(has(found, colour), `${name} ${noun}: ${nearest(found, colour)} ${JSON.stringify(found)}`);
        for (const [other, far] of Object.entries(others)) {
          if (distanceFrom([{ colour: hex(colour), share: 1 }], hex(far)) < 2 * NEAR) continue;
          const strong = found.filter((swatch) => chromaOf(swatch.colour) > 0.05);
          assert.equal(has(strong, far), false, `${name} ${noun} is not ${other}: ${JSON.stringify(found)}`);
        }
      }
    }
  });
});
