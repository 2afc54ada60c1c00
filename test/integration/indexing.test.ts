import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { apiToken } from '../helpers/permissions';
import { picture, type Shape } from '../helpers/pictures';
import { fileIds, searchable, similar, similarityOf, statusOf, vectorSeqs } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { Upload, UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const FILE = 'plugin::upload.file';

let shop: Playground;
before(async () => {
  shop = await startPlayground({ config: { sweep: { intervalMs: 0 } } });
});
after(() => shop?.stop());

const jpeg = async (shape: Shape, colour: string, name = `${shape}-${colour}.jpg`): Promise<Upload> => ({
  name,
  bytes: await picture(shape, colour),
});

async function uploaded(...pictures: Array<Promise<Upload>>): Promise<UploadedFile[]> {
  const files = await shop.upload(await Promise.all(pictures));
  await searchable(shop, files);
  return files;
}

const neighboursOf = async (id: number) => fileIds(await similar(shop, id, 'pagination[limit]=100'));
const isGone = (id: number) => until(`picture ${id} is forgotten`, async () => !(await statusOf(shop, [id])).has(id));

test('several pictures in one upload become searchable by themselves', async () => {
  const [red, alsoRed, blue] = await uploaded(jpeg('disc', '#e00'), jpeg('disc', '#d11'), jpeg('stripes', '#00e'));
  const answer = await similar(shop, red.id);
  assert.equal(answer.body.meta.status, 'ready');
  assert.deepEqual(fileIds(answer).slice(0, 2), [alsoRed.id, blue.id]);
});

test('an upload through the content API becomes searchable too', async () => {
  const accessKey = await apiToken(shop, 'full-access');
  const form = new FormData();
  form.append('files', new Blob([new Uint8Array(await picture('disc', '#e22'))], { type: 'image/jpeg' }), 'api.jpg');
  const headers = { authorization: `Bearer ${accessKey}` };
  const { status, body } = await shop.api<UploadedFile[]>('/api/upload', { method: 'POST', headers, body: form });
  assert.equal(status, 201);
  await searchable(shop, body);
  assert.ok((await neighboursOf(body[0].id)).length > 0);
});

test('new bytes give a new vector; the same bytes and other texts give no work', async () => {
  const [file, disc] = await uploaded(jpeg('square', 'green', 'changing.jpg'), jpeg('disc', 'orange'));
  const first = (await vectorSeqs(shop)).get(file.id) as number;

  await shop.admin('POST', `/upload?id=${file.id}`, { fileInfo: { alternativeText: 'a green square' } });
  assert.equal(
    (await statusOf(shop, [file.id])).get(file.id)?.state,
    'ready',
    'a text does not even queue the picture',
  );

  await shop.replace(file.id, await jpeg('square', 'green', 'changing.jpg'));
  await searchable(shop, [file]);
  assert.equal((await vectorSeqs(shop)).get(file.id), first, 'the same bytes keep their vector');

  await shop.replace(file.id, await jpeg('disc', 'orange', 'changing.jpg'));
  await until('the new bytes are embedded', async () => ((await vectorSeqs(shop)).get(file.id) ?? 0) > first);
  await searchable(shop, [file]);
  await until('the index has the new vector', async () => {
    const { data } = (await similar(shop, file.id)).body;
    return data[0].file?.id === disc.id && data[0].similarity === 1;
  });
});

test('files that are no pictures are left alone', async () => {
  const [pdf] = await shop.upload([{ name: 'note.txt', bytes: Buffer.from('no picture'), type: 'text/plain' }]);
  assert.equal((await statusOf(shop, [pdf.id])).size, 0);
  const { status, body } = await similar(shop, pdf.id);
  assert.equal(status, 404);
  assert.match(body.error.message, /text\/plain, not a picture/);
});

test('deleted pictures leave the results: single, bulk, with their folder', async () => {
  const [query, single, bulk1, bulk2] = await uploaded(
    jpeg('triangle', 'teal'),
    jpeg('triangle', '#077'),
    jpeg('triangle', '#086'),
    jpeg('triangle', '#068'),
  );
  const folder = await shop.admin<{ data: { id: number } }>('POST', '/upload/folders', {
    name: 'temporary',
    parent: null,
  });
  const [inFolder] = await shop.upload([await jpeg('triangle', '#079')], [{ folder: folder.body.data.id }]);
  await searchable(shop, [query, inFolder]);
  const before = await neighboursOf(query.id);
  for (const { id } of [single, bulk1, bulk2, inFolder]) assert.ok(before.includes(id), `${id} is found before`);

  assert.equal((await shop.admin('DELETE', `/upload/files/${single.id}`)).status, 200);
  const bulk = { fileIds: [bulk1.id, bulk2.id] };
  assert.equal((await shop.admin('POST', '/upload/actions/bulk-delete', bulk)).status, 200);
  const folders = { folderIds: [folder.body.data.id] };
  assert.equal((await shop.admin('POST', '/upload/actions/bulk-delete', folders)).status, 200);

  for (const { id } of [single, bulk1, bulk2, inFolder]) await isGone(id);
  const left = await neighboursOf(query.id);
  for (const { id } of [single, bulk1, bulk2, inFolder]) assert.ok(!left.includes(id), `${id} is found no more`);
});

test('the sweep finds what hooks missed: rows from bulk SQL, and rows that are gone', async () => {
  const [model, orphan] = await uploaded(jpeg('stripes', 'purple'), jpeg('stripes', 'pink'));
  const { connection } = shop.strapi.db;
  const { id: _, document_id: __, ...row } = await connection('files').where({ id: model.id }).first();
  await connection('files').insert({ ...row, id: 5_000, document_id: 'insertedbysql00000000000' });
  await connection('files').where({ id: orphan.id }).delete();
  assert.equal((await statusOf(shop, [5_000])).size, 0);

  await similarityOf(shop).sweep();
  await searchable(shop, [model.id, 5_000]);
  await isGone(orphan.id);
  assert.equal((await neighboursOf(model.id))[0], 5_000);
  await connection('files').where({ id: 5_000 }).delete();
  await similarityOf(shop).sweep();
});

test('bulk changes without ids wake the sweep by themselves', async () => {
  const [file] = await uploaded(jpeg('square', 'brown'));
  await shop.strapi.db.query(FILE).deleteMany({ where: { id: file.id } });
  await isGone(file.id);
});

test('a hook inside a transaction waits for its commit, and a rollback leaves no trace', async () => {
  const [model] = await uploaded(jpeg('disc', 'gold'));
  const row = await shop.strapi.db.query(FILE).findOne({ where: { id: model.id } });
  const { id: _, documentId: __, ...copy } = row;
  const create = () => shop.strapi.db.query(FILE).create({ data: copy }) as Promise<{ id: number }>;

  const committed = await shop.strapi.db.transaction(create);
  await searchable(shop, [model.id, committed.id]);

  let rolledBack = 0;
  await assert.rejects(
    shop.strapi.db.transaction(async () => {
      rolledBack = (await create()).id;
      throw new Error('on purpose');
    }),
    /on purpose/,
  );
  assert.equal((await statusOf(shop, [rolledBack])).size, 0);
});

test('a picture whose bytes are gone ends as failed with its reason, and the answer says so', async () => {
  const core = similarityOf(shop);
  core.pause();
  const [file] = await shop.upload([await jpeg('disc', 'black', 'lost.jpg')]);
  rmSync(path.join(shop.folder, 'public', file.url));
  core.resume();
  await until('the picture has failed', async () => (await statusOf(shop, [file.id])).get(file.id)?.state === 'failed');
  const { status, body } = await similar(shop, file.id);
  assert.equal(status, 200);
  assert.equal(body.meta.status, 'failed');
  assert.match(body.meta.reason ?? '', /not in the uploads folder/);
  assert.deepEqual(body.data, []);
  const failed = await shop.admin<Array<{ fileId: number; code: string }>>('GET', '/similar/failed');
  assert.deepEqual(
    failed.body.map(({ fileId, code }) => [fileId, code]),
    [[file.id, 'BYTES_MISSING']],
  );
  const listed = async (code: string) =>
    (await shop.admin<unknown[]>('GET', `/similar/failed?code=${code}`)).body.length;
  assert.deepEqual([await listed('BYTES_MISSING'), await listed('DECODE_FAILED')], [1, 0]);
  const reasons = await shop.admin<unknown[]>('GET', '/similar/failed/reasons');
  assert.deepEqual(reasons.body, [{ code: 'BYTES_MISSING', count: 1 }]);
  const retry = async (code: string) =>
    (await shop.admin<{ retried: number }>('POST', '/similar/retry', { code })).body.retried;
  assert.deepEqual([await retry('DECODE_FAILED'), await retry('BYTES_MISSING')], [0, 1]);
});

test('without its uploads folder nothing is lost and searches go on; many missing files wait for an operator', async () => {
  const core = similarityOf(shop);
  const [file] = await uploaded(jpeg('stripes', 'crimson'));
  const { connection } = shop.strapi.db;
  const { id: _, document_id: __, ...row } = await connection('files').where({ id: file.id }).first();
  const ids = Array.from({ length: 25 }, (_, at) => 6_000 + at);
  for (const id of ids) await connection('files').insert({ ...row, id, document_id: `copy${id}` });
  await core.sweep();
  await searchable(shop, ids);
  const before = await vectorSeqs(shop);
  const uploads = path.join(shop.folder, 'public/uploads');
  const sweep = (body = {}) => shop.admin<{ error: { details: { code: string } } }>('POST', '/similar/sweep', body);
  const states = async () => new Set([...(await statusOf(shop, ids)).values()].map(({ state }) => state));

  renameSync(uploads, `${uploads}.away`);
  try {
    const refused = await sweep();
    assert.deepEqual([refused.status, refused.body.error.details.code], [409, 'LIBRARY_UNSEEN']);
    const left = [...(await statusOf(shop, ids)).values()].filter(({ state }) => state === 'ready');
    assert.ok(left.length >= ids.length - 5, 'only a few are looked for on other nodes');
    const progress = await shop.admin<{ problem: string; unseen: boolean }>('GET', '/similar/progress');
    assert.equal(progress.body.unseen, true);
    assert.match(progress.body.problem, /missing.*Bring the uploads folder back/);

    assert.equal((await sweep({ acceptMissing: true })).status, 200);
    await until('all are known to be missing', async () => [...(await states())].join() === 'failed');
    const answer = await similar(shop, ids[0], 'pagination[limit]=100');
    assert.equal(answer.body.meta.status, 'ready');
    for (const id of ids.slice(1)) assert.ok(fileIds(answer).includes(id), `${id} is still found`);
    const failed = await shop.admin<Array<{ fileId: number; code: string }>>('GET', '/similar/failed?limit=500');
    assert.ok(failed.body.some(({ fileId, code }) => fileId === ids[0] && code === 'BYTES_MISSING'));
  } finally {
    renameSync(`${uploads}.away`, uploads);
  }
  await core.sweep();
  await until('all are ready', async () => [...(await states())].join() === 'ready');
  assert.deepEqual(await vectorSeqs(shop), before, 'nothing was embedded anew');
  assert.equal((await core.progress()).unseen, undefined);
  for (const id of ids) await connection('files').where({ id }).delete();
  await core.sweep();
});

test('while pictures wait: 200, status pending, an empty list', async () => {
  const core = similarityOf(shop);
  core.pause();
  try {
    const [file] = await shop.upload([await jpeg('square', 'navy')]);
    const { status, body } = await similar(shop, file.id);
    assert.equal(status, 200);
    assert.deepEqual(body.data, []);
    assert.equal(body.meta.status, 'pending');
    const progress = await shop.admin<{ paused: boolean; pending: number }>('GET', '/similar/progress');
    assert.equal(progress.body.paused, true);
    assert.ok(progress.body.pending >= 1);
    core.resume();
    await searchable(shop, [file]);
  } finally {
    core.resume();
  }
});

test('an upload succeeds when the queue cannot be written, and the sweep makes up for it', async () => {
  const { connection } = shop.strapi.db;
  const core = similarityOf(shop);
  const { enqueue } = core;
  core.enqueue = async () => {
    throw new Error('the table is locked');
  };
  try {
    const [file] = await shop.upload([await jpeg('triangle', 'olive')]);
    assert.ok(await connection('files').where({ id: file.id }).first());
    assert.equal((await statusOf(shop, [file.id])).size, 0);
    core.enqueue = enqueue;
    await core.sweep();
    await searchable(shop, [file]);
  } finally {
    core.enqueue = enqueue;
  }
});
