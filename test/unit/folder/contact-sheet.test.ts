import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { renderContactSheet } from '../../../plugin/folder/contact-sheet';
import { createThumbnails } from '../../../plugin/folder/thumbnails';

let dir: string;
before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'similar-sheet-'));
});
after(() => rm(dir, { recursive: true, force: true }));

async function picture(name: string, background: string, width = 64, height = 48): Promise<string> {
  const file = path.join(dir, name);
  await sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toFile(file);
  return file;
}

async function colourOf(dataUri: string): Promise<number[]> {
  const bytes = Buffer.from(dataUri.replace(/^data:image\/webp;base64,/, ''), 'base64');
  const { channels } = await sharp(bytes).stats();
  return channels.map((channel) => Math.round(channel.mean));
}

test('each channel is drawn in its own colour, with its mean', async () => {
  const file = await picture('mixed.png', 'rgb(200, 120, 40)');
  const thumbnails = createThumbnails();
  try {
    const { images, means } = await thumbnails.draw({ path: file, channels: true });
    assert.deepEqual(means, [200, 120, 40]);
    const wanted = [
      [200, 0, 0],
      [0, 120, 0],
      [0, 0, 40],
    ];
    for (const [i, image] of images.entries()) {
      const colour = await colourOf(image);
      for (const [c, value] of colour.entries()) {
        assert.ok(Math.abs(value - wanted[i][c]) <= 8, `channel ${i}: ${colour} instead of ${wanted[i]}`);
      }
    }
    assert.equal(images.length, 3);
  } finally {
    thumbnails.close();
  }
});

test('a picture that cannot be drawn has no images, and the next one is drawn all the same', async () => {
  const broken = path.join(dir, 'broken.jpg');
  await writeFile(broken, Buffer.from('ffd8ffe000104a46494600', 'hex'));
  const whole = await picture('whole.png', '#336699');
  const thumbnails = createThumbnails();
  try {
    assert.deepEqual(await thumbnails.draw({ path: broken, channels: false }), { images: [] });
    assert.deepEqual(await thumbnails.draw({ path: path.join(dir, 'absent.png'), channels: false }), { images: [] });
    assert.equal((await thumbnails.draw({ path: whole, channels: false })).images.length, 1);
  } finally {
    thumbnails.close();
  }
});

test('the page holds every picture itself, links to the originals and escapes their names', async () => {
  const query = await picture('query <b>&"\'.png', 'red');
  const near = await picture('near #1 ?.png', 'orange');
  const out = path.join(dir, 'sheets', 'sheet.html');
  const matches = [
    { path: near, similarity: 0.98765 },
    { path: path.join(dir, 'gone.png'), similarity: -0.5 },
  ];
  const html = await renderContactSheet({ query, matches, model: 'a<model>', size: 12 }, out);

  assert.equal(html.match(/src="data:image\/webp;base64,/g)?.length, 1 + 1 + 3);
  assert.equal(html.match(/src="(?!data:)/g), null, 'nothing is loaded from outside');
  assert.match(html, /no preview/);
  assert.match(html, /<b>0\.988<\/b>/);
  assert.match(html, /<b>-0\.500<\/b>/);
  assert.match(html, /of 12 pictures/);
  assert.match(html, /href="\.\/\.\.\/near%20%231%20%3F\.png"/);
  assert.match(html, /query &#60;b&#62;&#38;&#34;&#39;\.png/);
  assert.doesNotMatch(html, /<b>&/);
  assert.doesNotMatch(html, /a<model>/);
  assert.match(html, /prefers-color-scheme: dark/);
  for (const channel of ['Red', 'Green', 'Blue'])
    assert.match(html, new RegExp(`<b>${channel}</b> <span>mean \\d+ of 255`));
});
