import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { createSimilarClient, type SimilarClient, SimilarHttpError } from '../../plugin/client';
import { apiToken, withoutPermission } from '../helpers/permissions';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

let shop: Playground;
let client: SimilarClient;
let files: UploadedFile[];
const ids: string[] = [];

before(async () => {
  shop = await startPlayground();
  const colours = ['#e00', '#d10', '#00e'];
  files = await shop.upload(
    await Promise.all(colours.map(async (colour, at) => ({ name: `${at}.jpg`, bytes: await picture('disc', colour) }))),
  );
  await searchable(shop, files);
  for (const [at, file] of files.entries())
    ids.push((await createProduct(shop, { name: `p${at}`, stock: at, images: [file] })).documentId);
  client = createSimilarClient({ url: `${shop.url}/` });
});
after(() => shop?.stop());

test('find: parameters arrive as the server reads them', async () => {
  const all = await client.find(ids[0]);
  assert.equal(all.data.length, 2);
  const query = {
    filters: { stock: { $gt: 1 } },
    fields: ['name'],
    pagination: { limit: 5 },
    exclude: [],
    minScore: 0,
    locale: undefined,
  };
  const some = await client.find(ids[0], query);
  assert.deepEqual(
    some.data.map(({ entry }) => entry?.name),
    ['p2'],
  );
  assert.deepEqual(some.meta.pagination, { start: 0, limit: 5, hasMore: false });
  const steered = await client.find(files[0].id, { like: [ids[1]], exclude: ['x'], type: 'file' });
  assert.deepEqual(
    steered.data.map(({ file }) => file?.id),
    [files[2].id],
  );
});

test('search, batch and explain', async () => {
  const sent = new Blob([new Uint8Array(await picture('disc', '#00d'))]);
  const found = await client.search(sent, { type: PRODUCT, crop: { left: 0, top: 0, width: 1, height: 1 } });
  assert.equal(found.data[0].entry?.name, 'p2');
  await assert.rejects(client.searchWords('red dress', { type: PRODUCT }), { status: 400, code: 'MODEL_WITHOUT_TEXT' });
  const { data } = await client.batch([ids[0], 'nosuchthing']);
  assert.ok('data' in data[0] && 'error' in data[1] && data[1].error.code === 'NOT_FOUND');
  assert.equal((await client.explain(ids[0], ids[1])).data.regions.query.length, 49);
});

test('explain as a picture', async () => {
  const png = await client.explainPicture(ids[0], ids[1]);
  assert.equal(png.type, 'image/png');
  assert.equal((await sharp(Buffer.from(await png.arrayBuffer())).metadata()).width, 456);
});

test('answers that are kept are used again while nothing has changed', async () => {
  const statuses: number[] = [];
  const counting: typeof fetch = async (...args) => {
    const response = await fetch(...args);
    statuses.push(response.status);
    return response;
  };
  const keeping = createSimilarClient({ url: shop.url, fetch: counting, keep: 1 });
  const first = await keeping.find(ids[0]);
  assert.deepEqual(await keeping.find(ids[0]), first);
  // Another one takes its place.
  await keeping.find(ids[1]);
  await keeping.find(ids[0]);
  assert.deepEqual(statuses, [200, 304, 200, 200]);
});

test('an aborted call rejects as fetch does, and times are sent as Strapi reads them', async () => {
  const stop = new AbortController();
  stop.abort();
  await assert.rejects(client.find(ids[0], {}, { signal: stop.signal }), { name: 'AbortError' });
  const since = (createdAt: object) => client.find(ids[0], { filters: { createdAt } });
  assert.equal((await since({ $gt: new Date(0) })).data.length, 2);
  assert.equal((await since({ $lt: new Date(0) })).data.length, 0);
});

test('filters with null and with empty lists are never left out', async () => {
  const found = async (filters: Record<string, unknown>) =>
    (await client.find<{ name: string }>(ids[0], { filters, fields: ['name'] })).data
      .map(({ entry }) => entry?.name)
      .sort();
  const all = ['p1', 'p2'];
  assert.deepEqual(await found({ price: null }), all);
  assert.deepEqual(await found({ stock: null }), []);
  assert.deepEqual(await found({ stock: { $ne: null } }), all);
  assert.deepEqual(await found({ stock: { $in: [] } }), []);
  assert.deepEqual(await found({ stock: { $notIn: [] } }), all);
  assert.deepEqual(await found({ $or: [{ stock: { $in: [1] } }, { price: { $eq: null }, stock: { $gte: 2 } }] }), all);
  assert.deepEqual(await found({ $not: { stock: { $in: [2, 3] } } }), ['p1']);
});

test('an error carries status, code and remedy', async () => {
  await assert.rejects(client.find('nosuchthing'), (error: unknown) => {
    assert.ok(error instanceof SimilarHttpError);
    assert.equal(error.status, 404);
    assert.equal(error.code, 'NOT_FOUND');
    assert.ok(error.remedy);
    return true;
  });
});

test('an API token opens what visitors may not ask for', async () => {
  const token = await apiToken(shop, 'full-access');
  await withoutPermission(shop, 'plugin::similar.similar.find', async () => {
    await assert.rejects(client.find(ids[0]), { status: 403 });
    const withToken = createSimilarClient({ url: shop.url, token });
    assert.equal((await withToken.find(ids[0])).data.length, 2);
  });
});
