import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { ComparedMatch, ComparisonResponse } from '../../plugin/contracts/comparison';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { resolveModel } from '../../plugin/models/resolve';
import { cosine } from '../../plugin/vectors/cosine';
import { towerEntry } from '../helpers/custom-tower';
import { editorWith } from '../helpers/editor';
import { onePlayground } from '../helpers/one-playground';
import { FILE, FILES, JUDGE, MANAGE, READ } from '../helpers/owned-shop';
import { texture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable, similarityOf, storeOf, vectorSeqs } from '../helpers/shop';
import type { Playground } from '../helpers/strapi';
import type { Answer, UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const COUNT = 55;
const MODEL = 'tower';
const bytes = new Map<number, Buffer>();
const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-comparison-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const restart = onePlayground();
let config: SimilarConfigInput;
let shop: Playground;
let files: UploadedFile[];

before(async () => {
  const missing = { ...(await towerEntry('clip-projection')), path: path.join(folder, 'none.onnx') };
  const entry = await towerEntry('vit-cls');
  config = { models: { custom: { [MODEL]: { ...entry, licence: 'MIT' }, missing } } };
  shop = await restart(config);
  const pictures = await Promise.all(Array.from({ length: COUNT }, (_, seed) => texture(seed)));
  files = await shop.upload(pictures.map((bytes, at) => ({ name: `${at}.jpg`, bytes, type: 'image/jpeg' })));
  for (const [at, { id }] of files.entries()) bytes.set(id, pictures[at]);
  await searchable(shop, files);
});

const ask = (method: string, route = '', body?: object) => shop.admin(method, `/similar/comparison${route}`, body);
const state = async (): Promise<ComparisonResponse> => (await ask('GET')).body;
const isReady = () => until('the comparison is ready', async () => (await state()).comparison?.state === 'ready');
const stateFile = () => path.join(shop.folder, 'public/.similar/comparison/sample.vectors');
const idsOf = (matches: ComparedMatch[]) => matches.map(({ picture }) => picture.id);

async function as(token: string, method: string, route: string, body?: object): Promise<Answer> {
  const response = await fetch(`${shop.url}/similar/comparison${route}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

test('models that can be compared, and none that is live', async () => {
  const { models, live, comparison } = await state();
  assert.equal(live.model, 'efficientnet-lite0');
  assert.equal(comparison, undefined);
  assert.ok(!models.some(({ name }) => name === 'efficientnet-lite0'));
  assert.deepEqual(
    models.find(({ name }) => name === MODEL),
    { name: MODEL, dimensions: 48, licence: 'MIT', unverified: false, custom: true, bundled: false },
  );
  assert.equal(models.find(({ name }) => name === 'dino-vits16')?.unverified, true);
});

test('what is wrong is named', async () => {
  const wrong: Array<[body: object, name: RegExp]> = [
    [{}, /model/],
    [{ model: 'unheard-of' }, /one of resnet50.* for model /],
    [{ model: 'efficientnet-lite0' }, /for model /],
    [{ model: MODEL, size: 499 }, /from 500 to 5000 for size /],
    [{ model: MODEL, size: 5_001 }, /from 500 to 5000 for size /],
    [{ model: MODEL, more: 1 }, /more/],
  ];
  for (const [body, name] of wrong) {
    const { status, body: answer } = await ask('POST', '', body);
    assert.deepEqual([status, answer.error?.details.code], [400, 'INVALID_PARAMETER'], JSON.stringify(answer));
    assert.match(answer.error.message, name);
  }
  for (const route of ['/pictures', `/pictures/${files[0].id}`]) {
    const { status, body } = await ask('GET', route);
    assert.deepEqual([status, body.error.details.code], [404, 'NOT_COMPARING'], route);
  }
  assert.equal((await ask('DELETE')).status, 200);
});

test('a model that is not there is a state, with what to do', async () => {
  assert.equal((await ask('POST', '', { model: 'missing' })).status, 200);
  await until('it has failed', async () => (await state()).comparison?.state === 'failed');
  const { problem } = (await state()).comparison ?? {};
  assert.equal(problem?.code, 'MODEL_UNAVAILABLE');
  assert.ok(problem?.message && problem.remedy);
  assert.equal((await ask('DELETE')).body.comparison, undefined);
});

test('both lists are what comparing all vectors of both models gives; searches are as before', async () => {
  const seqs = await vectorSeqs(shop);
  const { status, body } = await ask('POST', '', { model: MODEL });
  assert.equal(status, 200, JSON.stringify(body));
  const again = await ask('POST', '', { model: MODEL });
  assert.deepEqual([again.status, again.body.error.details.code], [409, 'COMPARISON_RUNS']);
  await isReady();
  const { comparison } = await state();
  assert.deepEqual([comparison?.size, comparison?.done, comparison?.failed], [COUNT, COUNT, 0]);
  assert.equal(comparison?.estimate?.pictures, COUNT);
  assert.ok((comparison?.estimate?.databaseBytes ?? 0) > 0 && (comparison?.estimate?.indexBytes ?? 0) > 0);

  const model = await resolveModel(MODEL, { custom: { [MODEL]: config.models?.custom?.[MODEL] as never } });
  const embedder = createEmbedder({ model, threads: 1 });
  const other = new Map<number, Float32Array>();
  try {
    for (const [id, picture] of bytes) {
      const file = path.join(folder, `${id}.jpg`);
      writeFileSync(file, picture);
      const result = await embedder.embed(file);
      assert.ok(result.ok);
      other.set(id, result.vector);
    }
  } finally {
    await embedder.close();
  }
  const live = await storeOf(shop).vectors(similarityOf(shop).space.id, [...bytes.keys()]);
  for (const { id } of files.slice(0, 5)) {
    const { body: found } = await ask('GET', `/pictures/${id}`);
    assert.equal(found.picture.id, id);
    for (const [side, vectors] of Object.entries({ live, other })) {
      const best = [...vectors]
        .filter(([of]) => of !== id)
        .map(([, vector]) => cosine(vectors.get(id) as Float32Array, vector))
        .sort((a, b) => b - a)
        .slice(0, 7);
      const matches: ComparedMatch[] = found[side];
      assert.equal(matches.length, 7);
      for (const [at, { picture, similarity }] of matches.entries()) {
        assert.ok(Math.abs(similarity - best[at]) < 2e-3, `${side} ${similarity} ${best[at]}`);
        const own = cosine(vectors.get(id) as Float32Array, vectors.get(picture.id) as Float32Array);
        assert.ok(Math.abs(similarity - own) < 2e-3, `${side} of ${picture.id}`);
      }
    }
  }
  assert.deepEqual(await vectorSeqs(shop), seqs);
  assert.deepEqual(await storeOf(shop).spaces(), [similarityOf(shop).space.id]);
});

test('pictures page by page, with thumbnails and votes', async () => {
  const { body: first } = await ask('GET', '/pictures?pageSize=20');
  const { body: last } = await ask('GET', '/pictures?pageSize=20&page=3');
  assert.deepEqual([first.total, first.pictures.length, last.pictures.length], [COUNT, 20, COUNT - 40]);
  assert.ok(first.pictures[0].thumbnail && first.pictures[0].name);
  const bad = await ask('GET', '/pictures?pageSize=0');
  assert.deepEqual([bad.status, /pageSize/.test(bad.body.error.message)], [400, true]);
});

test('decisions of editors, about files and about entries', async () => {
  const [asked, pinned, hidden] = [files[0], files[1], files[2]];
  const { body: lists } = await ask('GET', `/pictures/${asked.id}`);
  const same = files.find(({ id }) => id === lists.live[0].picture.id) as UploadedFile;
  const { body: ofPinned } = await ask('GET', `/pictures/${pinned.id}`);
  const near = files.find(({ id }) => id === ofPinned.live[0].picture.id) as UploadedFile;
  const [one, two] = await Promise.all([
    createProduct(shop, { name: 'one', images: [asked] }),
    createProduct(shop, { name: 'two', images: [pinned] }),
  ]);
  const rules = [
    { kind: 'pin', type: PRODUCT, source: one.documentId, target: two.documentId, place: 1 },
    { kind: 'hide', type: 'file', source: asked.documentId, target: hidden.documentId },
    { kind: 'hide', type: 'file', target: files[3].documentId },
    { kind: 'same', type: 'file', source: asked.documentId, target: same.documentId },
    { kind: 'different', type: 'file', source: pinned.documentId, target: near.documentId },
  ];
  for (const rule of rules) {
    const { status, body } = await shop.admin('POST', '/similar/rules', rule);
    assert.equal(status, 200, JSON.stringify(body));
  }
  const has = (side: 'live' | 'other', { id }: UploadedFile) => Number(idsOf(lists[side]).includes(id));
  const { agreement } = (await state()).comparison ?? {};
  assert.deepEqual(agreement?.pins, { of: 1, live: has('live', pinned), other: has('other', pinned) });
  assert.deepEqual(agreement?.hides, { of: 1, live: has('live', hidden), other: has('other', hidden) });
  assert.deepEqual([agreement?.same.of, agreement?.same.live], [1, 1]);
  assert.deepEqual([agreement?.different.of, agreement?.different.live], [1, 0]);
});

test('who may do what', async () => {
  const [mine, other] = [files.slice(0, 3), files[10]];
  const reader = await editorWith(shop, [READ, FILES]);
  const route = `/pictures/${mine[0].id}`;
  for (const [method, to, body] of [
    ['POST', '', { model: MODEL }],
    ['DELETE', ''],
    ['PUT', `${route}/vote`, { vote: 'live' }],
  ] as Array<[string, string, object?]>) {
    assert.equal((await as(reader.token, method, to, body)).status, 403, `${method} ${to}`);
  }
  assert.equal((await as(reader.token, 'GET', route)).status, 200);
  const manager = await editorWith(shop, [MANAGE]);
  assert.equal((await as(manager.token, 'GET', '')).status, 403);
  const blind = await editorWith(shop, [READ]);
  assert.equal((await as(blind.token, 'GET', '/pictures')).status, 403);

  const author = await editorWith(shop, [READ, JUDGE, FILES], undefined, ['admin::is-creator']);
  for (const { id } of mine) {
    await shop.strapi.db.query(FILE).update({ where: { id }, data: { createdBy: author.id } });
  }
  const ids = mine.map(({ id }) => id);
  const { body: page } = await as(author.token, 'GET', '/pictures');
  assert.deepEqual([page.total, page.pictures.map(({ id }: { id: number }) => id).sort()], [3, ids.toSorted()]);
  const { body: found } = await as(author.token, 'GET', route);
  for (const side of ['live', 'other']) assert.deepEqual(idsOf(found[side]).sort(), ids.slice(1).sort(), side);
  assert.equal((await as(author.token, 'GET', `/pictures/${other.id}`)).status, 404);
  assert.equal((await as(author.token, 'PUT', `/pictures/${other.id}/vote`, { vote: 'live' })).status, 404);
  assert.equal((await as(author.token, 'PUT', `${route}/vote`, { vote: 'live' })).status, 200);
});

test('votes are changed and taken back, and survive a restart with the lists', async () => {
  const vote = (at: number, given: unknown) => ask('PUT', `/pictures/${files[at].id}/vote`, { vote: given });
  const bad = await vote(0, 'both');
  assert.deepEqual([bad.status, /for vote /.test(bad.body.error.message)], [400, true]);
  await vote(0, 'same');
  await vote(1, 'other');
  await vote(2, 'other');
  const { body } = await vote(2, null);
  assert.deepEqual(body, { vote: null, votes: { live: 0, other: 1, same: 1 } });
  const { body: before } = await ask('GET', `/pictures/${files[1].id}`);
  shop = await restart(config, { folder: shop.folder });
  const { comparison } = await state();
  assert.deepEqual([comparison?.state, comparison?.votes], ['ready', { live: 0, other: 1, same: 1 }]);
  const { body: found } = await ask('GET', `/pictures/${files[1].id}`);
  assert.equal(found.vote, 'other');
  assert.deepEqual(found, before);
});

test('discarded, nothing of it is left', async () => {
  assert.ok(existsSync(stateFile()));
  const { status, body } = await ask('DELETE');
  assert.deepEqual([status, body.comparison], [200, undefined]);
  assert.ok(!existsSync(path.dirname(stateFile())));
});
