import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { picture } from '../helpers/pictures';
import { fileIds, searchable, similar, statusOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import { until } from '../helpers/until';

let shop: Playground;
before(async () => {
  shop = await startPlayground();
});
after(() => shop?.stop());

test('a picture that comes by SQL, as in a transfer, is embedded without waiting for the next sweep', async () => {
  const [file] = await shop.upload([{ name: 'known.jpg', bytes: await picture('disc', '#e00') }]);
  await searchable(shop, [file]);
  const { connection } = shop.strapi.db;
  const { id: _, document_id: __, ...row } = await connection('files').where({ id: file.id }).first();
  await connection('files').insert({ ...row, id: 5_000, document_id: 'insertedbysql00000000000' });
  await until('it is embedded', async () => (await statusOf(shop, [5_000])).get(5_000)?.state === 'ready');
  assert.deepEqual(fileIds(await similar(shop, file.id)), [5_000]);
});
