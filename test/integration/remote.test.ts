import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import os from 'node:os';
import { after, before, beforeEach, test } from 'node:test';
import { startCachingProxy } from '../helpers/caching-proxy';
import { type ObjectStorage, startStorage } from '../helpers/object-storage';
import { picture, type Shape } from '../helpers/pictures';
import { fileIds, searchable, similar, similarityOf, statusOf, vectorSeqs } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { Upload, UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

let shop: Playground;
let storage: ObjectStorage;
let cdn: Awaited<ReturnType<typeof startCachingProxy>>;

before(async () => {
  storage = await startStorage();
  cdn = await startCachingProxy(storage.url);
  shop = await startPlayground({ config: { sweep: { intervalMs: 0 } } });
  storage.install(shop.strapi);
});
after(async () => {
  await shop?.stop();
  await cdn?.stop();
  await storage?.stop();
});
beforeEach(() => {
  storage.isPrivate = false;
  storage.publicUrl = storage.url;
  storage.answers = undefined;
  cdn.stubborn = false;
});

const jpeg = async (shape: Shape, colour: string, name = `${shape}.jpg`): Promise<Upload> => ({
  name,
  bytes: await picture(shape, colour),
});

const statusOfOne = async ({ id }: UploadedFile) => (await statusOf(shop, [id])).get(id);
const seqOf = async ({ id }: UploadedFile) => (await vectorSeqs(shop)).get(id) ?? 0;
const retry = ({ id }: UploadedFile) => shop.admin('POST', '/similar/retry', { fileIds: [id] });

/** As if the time had come at which a picture is looked at again. */
const hurry = ({ id }: UploadedFile) =>
  shop.strapi.db.connection('similar_embeddings').where({ file_id: id }).update({ not_before: 1 });

test('private pictures are fetched by signatures, fresh ones each time', async () => {
  storage.isPrivate = true;
  const files = await shop.upload([await jpeg('disc', '#e00', 'a.jpg'), await jpeg('disc', '#d11', 'b.jpg')]);
  await searchable(shop, files);
  assert.deepEqual(fileIds(await similar(shop, files[0].id)), [files[1].id]);
  storage.expire();
  const first = await seqOf(files[0]);
  await shop.replace(files[0].id, await jpeg('stripes', '#00e', 'a.jpg'));
  await until('the replaced picture is embedded', async () => (await seqOf(files[0])) > first);
});

test('other texts and another folder cause no request at all', async () => {
  const files = await shop.upload([await jpeg('square', '#0a0', 'c.jpg'), await jpeg('square', '#0b0', 'd.jpg')]);
  await searchable(shop, files);
  const requests = storage.asked.length;
  const folder = await shop.admin<{ data: { id: number } }>('POST', '/upload/folders', { name: 'f', parent: null });
  for (const { id } of files) {
    const fileInfo = { alternativeText: 'a green square', folder: folder.body.data.id };
    assert.equal((await shop.admin('POST', `/upload?id=${id}`, { fileInfo })).status, 200);
  }
  assert.equal((await similarityOf(shop).sweep()).stale, 0);
  assert.equal(storage.asked.length, requests);
});

test('a picture that was replaced while the plugin did not look is found by the sweep', async () => {
  const [file] = await shop.upload([await jpeg('disc', '#0cc', 'e.jpg')]);
  await searchable(shop, [file]);
  const first = await seqOf(file);
  const bytes = await picture('stripes', '#c0c');
  storage.objects.set(`${file.hash}${file.ext}`, bytes);
  // Past the hooks, as a Strapi without the plugin does it.
  await shop.strapi.db
    .connection('files')
    .where({ id: file.id })
    .update({ size: bytes.length / 1000 });
  assert.equal((await similarityOf(shop).sweep()).stale, 1);
  await until('the replaced picture is embedded', async () => (await seqOf(file)) > first);
});

test('a CDN gives the bytes of before, and is passed', async () => {
  storage.publicUrl = cdn.url;
  const [file] = await shop.upload([await jpeg('triangle', '#e0e', 'f.jpg')]);
  await searchable(shop, [file]);
  const visit = async () => Buffer.from(await (await fetch(file.url)).arrayBuffer());
  const cached = await visit();
  const first = await seqOf(file);
  await shop.replace(file.id, await jpeg('stripes', '#e0e', 'f.jpg'));
  assert.deepEqual(await visit(), cached, 'others get the old bytes');
  await until('the new bytes are embedded', async () => (await seqOf(file)) > first);
});

test('a CDN that cannot be passed is asked again later, and nothing is settled by its old bytes', async () => {
  storage.publicUrl = cdn.url;
  cdn.stubborn = true;
  const [file] = await shop.upload([await jpeg('triangle', '#ee0', 'g.jpg')]);
  await searchable(shop, [file]);
  const first = await seqOf(file);
  const { hits } = cdn;
  await shop.replace(file.id, await jpeg('disc', '#ee0', 'g.jpg'));
  await until('the old bytes came', () => cdn.hits > hits);
  await until('the picture waits', async () => {
    const { not_before, lease } = await shop.strapi.db
      .connection('similar_embeddings')
      .where({ file_id: file.id })
      .first();
    return lease === null && Number(not_before) > 0;
  });
  assert.equal((await statusOfOne(file))?.state, 'pending');
  assert.equal((await similar(shop, file.id)).status, 200, 'it is found by how it looked before');
  cdn.clear();
  await hurry(file);
  await until('the new bytes are embedded', async () => (await seqOf(file)) > first);
  await searchable(shop, [file]);
});

const troubles: Array<[what: string, code: string, reason: RegExp, answers: RequestListener]> = [
  ['403', 'DOWNLOAD_FAILED', /answered 403/, (_request, response) => response.writeHead(403).end()],
  ['500', 'DOWNLOAD_FAILED', /answered 500/, (_request, response) => response.writeHead(500).end()],
  ['404', 'BYTES_MISSING', /answered 404/, (_request, response) => response.writeHead(404).end()],
  [
    'a login page',
    'DOWNLOAD_FAILED',
    /a web page instead/,
    (_request, response) => response.end('<!DOCTYPE html><html><body>Log in</body></html>'),
  ],
  [
    'a body that breaks off',
    'DOWNLOAD_FAILED',
    /did not deliver the file/,
    (_request, response) =>
      response
        .writeHead(200, { 'content-length': '5000' })
        .write(Buffer.from('ffd8ffe000104a46494600', 'hex'), () => response.destroy()),
  ],
  [
    'redirects without end',
    'DOWNLOAD_FAILED',
    /redirected more than 5 times/,
    (_request, response) => response.writeHead(302, { location: '/again' }).end(),
  ],
];

for (const [what, code, reason, answers] of troubles) {
  test(`${what}: the reason is told, and the picture comes when the storage is well again`, async () => {
    storage.answers = answers;
    const [file] = await shop.upload([await jpeg('square', '#123', `trouble.jpg`)]);
    await until(`it is ${code}`, async () => (await statusOfOne(file))?.code === code);
    const { status, body } = await similar(shop, file.id);
    assert.equal(status, 200);
    assert.equal(body.meta.status, 'failed');
    assert.match(body.meta.reason ?? '', reason);
    const { body: listed } = await shop.admin('GET', '/similar/failed');
    assert.match(JSON.stringify(listed), reason);
    storage.answers = undefined;
    await hurry(file);
    await searchable(shop, [file]);
  });
}

test('a redirect to where the bytes are is followed', async () => {
  const [file] = await shop.upload([await jpeg('disc', '#456', 'moved.jpg')]);
  await searchable(shop, [file]);
  const bytes = await picture('stripes', '#654');
  storage.answers = ({ url }, response) => {
    if (url === '/elsewhere') response.end(bytes);
    else response.writeHead(307, { location: '/elsewhere' }).end();
  };
  const first = await seqOf(file);
  await shop.replace(file.id, await jpeg('stripes', '#654', 'moved.jpg'));
  await until('its bytes are embedded', async () => (await seqOf(file)) > first);
});

test('an address without a host is not asked of this Strapi, and says what to set', async () => {
  const [file] = await shop.upload([await jpeg('disc', '#789', 'relative.jpg')]);
  await searchable(shop, [file]);
  await shop.strapi.db
    .connection('files')
    .where({ id: file.id })
    .update({ url: `/${file.hash}${file.ext}` });
  await similarityOf(shop).sweep();
  await until('it has its reason', async () => (await statusOfOne(file))?.code === 'DOWNLOAD_FAILED');
  assert.match((await statusOfOne(file))?.reason ?? '', /set `uploads.baseUrl`/);
  assert.equal((await statusOfOne(file))?.hasVector, true);
  shop.strapi.config.set('plugin::similar.uploads', { baseUrl: storage.url });
  await retry(file);
  await searchable(shop, [file]);
});

test('no copy is left', async () => {
  const copies = () =>
    readdirSync(os.tmpdir()).filter((name) => new RegExp(`^similar-picture-.*-${process.pid}-`).test(name));
  // A picture can be searched a moment before its copy is removed.
  await until('all copies are removed', () => copies().length === 0);
});
