import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { manyPictures } from '../helpers/pictures';
import { searchable, similar, similarityOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import { until } from '../helpers/until';

let shop: Playground;
before(async () => {
  shop = await startPlayground({ config: { index: { saveAfterMs: 0 } } });
  const files = await shop.upload((await manyPictures(4)).map((bytes, index) => ({ name: `${index}.jpg`, bytes })));
  await searchable(shop, files);
});
after(() => shop?.stop());

test('the CMS process loads neither an inference engine nor the vector index', () => {
  const native = /onnxruntime|usearch|tfjs|libtensorflow/;
  const packages = Object.keys(require.cache).filter((file) => file.includes('node_modules'));
  assert.ok(packages.length > 100, 'they are seen');
  assert.deepEqual(
    packages.filter((file) => native.test(file.slice(file.lastIndexOf('node_modules')))),
    [],
  );
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  assert.deepEqual(
    sharedObjects.filter((file) => native.test(path.basename(file))),
    [],
  );
});

test('the state folder lies beside the uploads and cannot be fetched', async () => {
  const folder = path.join(shop.folder, 'public/.similar');
  await until('the index is saved', () => existsSync(folder) && readdirSync(folder, { recursive: true }).length > 0);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of ['', ...paths]) {
    for (const prefix of ['/.similar', '/uploads/../.similar', '/uploads/%2e%2e/.similar', '/%2esimilar']) {
      const { status } = await shop.api(`${prefix}/${name}`);
      assert.equal(status, 404, `${prefix}/${name}`);
    }
  }
});

test('admin routes need a login', async () => {
  for (const [method, route] of [
    ['GET', '/similar/progress'],
    ['GET', '/similar/failed'],
    ['POST', '/similar/retry'],
  ]) {
    assert.equal((await shop.api(route, { method })).status, 401, `${method} ${route}`);
  }
});

test('retry refuses what is no list of ids, and says how many it queued', async () => {
  const wrong = await shop.admin('POST', '/similar/retry', { fileIds: 'all' });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.error.message, /fileIds/);
  assert.deepEqual((await shop.admin('POST', '/similar/retry')).body, { retried: 0 });
});

test('progress tells model, device and counts', async () => {
  const { body } = await shop.admin('GET', '/similar/progress');
  assert.equal(body.ready, 4);
  assert.equal(body.indexed, 4);
  assert.equal(body.model, 'efficientnet-lite0');
  assert.equal(body.device, 'cpu');
  assert.equal(body.space, similarityOf(shop).space.id);
});

test('a search that meets a closed index is a 503 with a remedy, not a crash; why it is closed is for the log', async () => {
  const { search } = similarityOf(shop);
  const { neighbours } = search;
  const { SimilarError } = require('../../dist/plugin/errors') as typeof import('../../plugin/errors');
  const { warn } = shop.strapi.log;
  const warnings: string[] = [];
  shop.strapi.log.warn = ((text: string) => void warnings.push(text)) as never;
  search.neighbours = async () => {
    throw new SimilarError('INDEX_UNAVAILABLE', `The index process ended: cannot open ${shop.folder}`);
  };
  try {
    const { status, body, headers } = await similar(shop, 1);
    assert.equal(status, 503);
    assert.equal(body.error.details.code, 'INDEX_UNAVAILABLE');
    assert.equal(headers.get('retry-after'), '5');
    const batch = await shop.api('/api/similar/batch', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: ['1'] }),
    });
    assert.equal(batch.body.data[0].error.status, 503);
    for (const told of [body, batch.body]) assert.ok(!JSON.stringify(told).includes(shop.folder), JSON.stringify(told));
    assert.equal(warnings.filter((text) => text.includes(shop.folder)).length, 1, 'in the log, once');
  } finally {
    search.neighbours = neighbours;
    shop.strapi.log.warn = warn;
  }
});
