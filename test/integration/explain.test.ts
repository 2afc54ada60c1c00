import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { picture } from '../helpers/pictures';
import { createProduct, searchable, similar } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

let shop: Playground;
let left: UploadedFile;
let right: UploadedFile;
const ids: Record<string, string> = {};

/** The disc on one side of an empty picture. */
async function beside(where: 'left' | 'right'): Promise<Buffer> {
  const disc = await picture('disc', '#c00');
  return sharp({ create: { width: 192, height: 96, channels: 3, background: 'white' } })
    .composite([{ input: disc, left: where === 'left' ? 0 : 96, top: 0 }])
    .png()
    .toBuffer();
}

before(async () => {
  shop = await startPlayground();
  [left, right] = await shop.upload([
    { name: 'left.png', bytes: await beside('left') },
    { name: 'right.png', bytes: await beside('right') },
  ]);
  await searchable(shop, [left, right]);
  ids.left = (await createProduct(shop, { name: 'left', images: [left] })).documentId;
  ids.right = (await createProduct(shop, { name: 'right', images: [right] })).documentId;
});
after(() => shop?.stop());

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

test('regions add up to the cosine that the search gives, and colours to 1', async () => {
  const { body } = await shop.api(`/api/similar/${ids.left}/explain/${ids.right}`);
  const { similarity, pictures, regions, channels } = body.data;
  assert.deepEqual(pictures, { query: left.id, result: right.id });
  const searched = (await similar(shop, ids.left)).body.data[0].similarity as number;
  assert.ok(Math.abs(similarity - searched) <= 0.001, `${similarity} against ${searched}`);
  for (const cells of [regions.query, regions.result]) {
    assert.equal(cells.length, 49);
    assert.ok(Math.abs(sum(cells) - similarity) < 0.001, `${sum(cells)} against ${similarity}`);
  }
  assert.ok(Math.abs(channels.red + channels.green + channels.blue - 1) < 1e-6);
});

test('what was explained once is not read again, and takes nobody’s turn', async () => {
  const before = (await shop.api(`/api/similar/${ids.left}/explain/${ids.right}`)).body;
  const file = path.join(shop.strapi.dirs.static.public, left.url);
  renameSync(file, `${file}.away`);
  try {
    const [again, other] = await Promise.all([
      shop.api(`/api/similar/${ids.left}/explain/${ids.right}`),
      shop.api(`/api/similar/${ids.right}/explain/${ids.left}`),
    ]);
    assert.equal(again.status, 200);
    assert.deepEqual(again.body, before);
    assert.equal(other.status, 404, 'what was not explained has to be read');
    assert.equal(other.body.error.details.code, 'BYTES_MISSING');
    assert.doesNotMatch(other.body.error.message, /uploads|left/, 'no path is told');
  } finally {
    renameSync(`${file}.away`, file);
  }
});

test('what matches lies where the thing is', async () => {
  const { regions } = (await shop.api(`/api/similar/${ids.left}/explain/${ids.right}`)).body.data;
  const side = (cells: number[], columns: number[]) => sum(cells.filter((_, at) => columns.includes(at % 7)));
  assert.ok(side(regions.query, [0, 1, 2]) > side(regions.query, [4, 5, 6]), 'left in the one');
  assert.ok(side(regions.result, [0, 1, 2]) < side(regions.result, [4, 5, 6]), 'right in the other');
});

test('as a picture, with an ETag', async () => {
  const address = `${shop.url}/api/similar/${left.id}/explain/${right.id}?format=png`;
  const answer = await fetch(address);
  assert.equal(answer.headers.get('content-type'), 'image/png');
  const { width, height } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
  assert.deepEqual([width, height], [456, 224]);
  const again = await fetch(address, { headers: { 'if-none-match': answer.headers.get('etag') as string } });
  assert.equal(again.status, 304);
});

test('administrators get both at once', async () => {
  const { status, body } = await shop.admin('GET', `/similar/explain/${left.id}/${right.id}`);
  assert.equal(status, 200);
  assert.equal(body.regions.query.length, 49);
  assert.equal((await sharp(Buffer.from(body.overlay, 'base64')).metadata()).format, 'png');
});

test('unknown ids are 404, a wrong format is a 400', async () => {
  for (const path of [`${ids.left}/explain/nosuchthing`, `nosuchthing/explain/${ids.left}`])
    assert.equal((await shop.api(`/api/similar/${path}`)).status, 404, path);
  assert.equal((await shop.api(`/api/similar/${ids.left}/explain/${ids.right}?format=gif`)).status, 400);
});
