import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { manyPictures } from '../helpers/pictures';
import { searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';

/** Often only the uploads are a volume, and what lies beside them belongs to the image of the container. */
const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-unwritable-'));
let shop: Playground;

before(async () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  shop = await startPlayground({ config: { stateDir: path.join(file, 'state') } });
});
after(async () => {
  await shop?.stop();
  rmSync(folder, { recursive: true });
});

test('where the state folder cannot be made, uploads are embedded and found all the same', async () => {
  const pictures = await manyPictures(2);
  const files = await shop.upload(pictures.map((bytes, index) => ({ name: `${index}.jpg`, bytes })));
  await searchable(shop, files);
  const answer = await shop.api(`/api/similar/${files[0].id}`);
  assert.equal(answer.status, 200);
});
