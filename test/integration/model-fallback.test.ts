import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { picture } from '../helpers/pictures';
import { fileIds, searchable, similar, similarityOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import { until } from '../helpers/until';

let shop: Playground;
let cacheDir: string;

before(async () => {
  cacheDir = mkdtempSync(path.join(os.tmpdir(), 'similar-models-'));
  shop = await startPlayground({ config: { model: 'resnet50', models: { offline: true, cacheDir } } });
});
after(async () => {
  await shop?.stop();
  rmSync(cacheDir, { recursive: true, force: true });
});

test('while the weights cannot be had, the bundled model serves, and everybody is told', async () => {
  await until('the bundled model has taken over', () => similarityOf(shop).space.model === 'efficientnet-lite0');
  const files = await shop.upload([
    { name: 'a.jpg', bytes: await picture('disc', '#e00') },
    { name: 'b.jpg', bytes: await picture('disc', '#d10') },
  ]);
  await searchable(shop, files);
  const answer = await similar(shop, files[0].id);
  assert.deepEqual(fileIds(answer), [files[1].id]);
  assert.equal(answer.body.meta.model, 'efficientnet-lite0');
  const { body } = await shop.admin('GET', '/similar/progress');
  assert.equal(body.model, 'efficientnet-lite0');
  assert.equal(body.next.model, 'resnet50', 'the wanted model is still being tried');
  assert.match(body.next.problem, /resnet50/);
});
