import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SimilarResponse } from '../../plugin/contracts/similar';
import { picture } from '../helpers/pictures';
import { createProduct, names, PRODUCT, searchable, similar, similarityOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

const FILE = 'plugin::upload.file';
const COLOURS = { red: '#e00', crimson: '#d01', orange: '#f60' };

let shop: Playground;
let files: UploadedFile[];
const ids: string[] = [];

before(async () => {
  shop = await startPlayground();
  const named = Object.entries(COLOURS);
  files = await shop.upload(
    await Promise.all(
      named.map(async ([name, colour]) => ({ name: `${name}.jpg`, bytes: await picture('disc', colour) })),
    ),
  );
  await searchable(shop, files);
  for (const [at, [name]] of named.entries())
    ids.push((await createProduct(shop, { name, images: [files[at]] })).documentId);
});
after(() => shop?.stop());

/** Asked twice, so that whatever is remembered is. */
async function askedTwice() {
  await similar(shop, ids[0]);
  return similar(shop, ids[0]);
}

test('another name of an entry shows at once, and an entry that is unpublished is gone', async () => {
  await askedTwice();
  const documents = shop.strapi.documents(PRODUCT as never) as never as {
    update(what: object): Promise<unknown>;
    unpublish(what: object): Promise<unknown>;
  };
  await documents.update({ documentId: ids[1], data: { name: 'scarlet' }, status: 'published' });
  assert.deepEqual(new Set(names(await similar(shop, ids[0]))), new Set(['scarlet', 'orange']));
  await documents.unpublish({ documentId: ids[1] });
  assert.deepEqual(names(await similar(shop, ids[0])), ['orange']);
});

test('a batch answers as single calls do, for ids that share pictures and for ids that nobody has', async () => {
  const asked = [ids[0], ids[2], String(files[0].id), 'nobody'];
  const body = JSON.stringify({ ids: asked });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const batch = await shop.api<{ data: Array<SimilarResponse & { id: string; error?: { status: number } }> }>(
    '/api/similar/batch',
    init,
  );
  assert.equal(batch.status, 200);
  for (const { id, error, ...answer } of batch.body.data) {
    const single = await similar(shop, id);
    if (error) assert.equal(error.status, single.status);
    else assert.deepEqual(answer, { data: single.body.data, meta: single.body.meta });
  }
});

test('another address of a matched picture shows at once', async () => {
  // There are no bytes at the new address.
  similarityOf(shop).pause();
  await askedTwice();
  const [, , orange] = files;
  const url = '/uploads/moved.jpg';
  await shop.strapi.db.query(FILE).update({ where: { id: orange.id }, data: { url } });
  const { body } = await similar(shop, ids[0]);
  const match = body.data.find(({ match }) => match?.result.id === orange.id)?.match;
  assert.equal(match?.result.url, url);
});

test('another default locale holds at once', async () => {
  const locales = shop.strapi.plugin('i18n').service('locales');
  const documents = shop.strapi.documents(PRODUCT as never) as never as { update(what: object): Promise<unknown> };
  await locales.create({ code: 'de', name: 'German' });
  for (const [at, name] of [
    [0, 'rot'],
    [2, 'orange (de)'],
  ] as const) {
    const data = { name, images: [files[at].id] };
    await documents.update({ documentId: ids[at], locale: 'de', data, status: 'published' });
  }
  assert.deepEqual(names(await askedTwice()), ['orange']);
  await locales.setDefaultLocale({ code: 'de' });
  assert.deepEqual(names(await similar(shop, ids[0])), ['orange (de)']);
  await locales.setDefaultLocale({ code: 'en' });
  assert.deepEqual(names(await similar(shop, ids[0])), ['orange']);
});
