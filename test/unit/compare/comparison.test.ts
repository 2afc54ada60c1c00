import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Comparison, createComparison } from '../../../plugin/compare/comparison';
import { SimilarError } from '../../../plugin/errors';
import type { FileId, Records, Space } from '../../../plugin/ports';
import { createKnexRecords } from '../../../plugin/store/records';
import { cosine } from '../../../plugin/vectors/cosine';
import { createStateDir, createTestLogger } from '../../helpers/index-under-test';
import { createParts, FakeEmbedder, FakeMedia, type Parts, SPACE, vectorOf } from '../../helpers/pipeline';
import { until } from '../../helpers/until';

const OTHER = { space: { id: 'other@1/lanczos3', model: 'other', dims: SPACE.dims } };
const COUNT = 130;

let parts: Parts;
let state: ReturnType<typeof createStateDir>;
let media: FakeMedia;
let records: Records;
let logger: ReturnType<typeof createTestLogger>;
let live: Space;
let nodes: Comparison[];

beforeEach(async () => {
  parts = await createParts();
  state = createStateDir();
  media = new FakeMedia();
  records = createKnexRecords(parts.db);
  logger = createTestLogger();
  live = SPACE;
  nodes = [];
  for (let id = 1; id <= COUNT; id++) media.files.set(id, `picture ${id} ${String.fromCharCode(97 + (id % 26))}`);
  await parts.store.enqueue(SPACE.id, [...media.files.keys()]);
  const claims = await parts.store.claim(SPACE.id, COUNT, 60_000);
  await parts.store.complete(
    claims.map((claim) => ({ claim, digest: 'd', stamp: 's', vector: vectorOf(`live ${claim.fileId}`) })),
  );
});

afterEach(async () => {
  for (const node of nodes) await node.stop();
  await parts.close();
  state.remove();
});

/** A node with a disk of its own, or with that of an earlier one. */
function node(embedder = new FakeEmbedder(), { stateDir = state.dir, fails = undefined as Error | undefined } = {}) {
  const created = createComparison<{ space: Space }>({
    ...{ store: parts.store, records, stateDir, logger },
    opened: async () => {},
    indexing: true,
    live: () => live,
    queues: () => [SPACE.id],
    index: async () => ({ kind: 'usearch', bytesOnDisk: 0, vectors: 0, dims: SPACE.dims }),
    indexDims: () => SPACE.dims,
    models: () => [],
    named: () => OTHER,
    openModel: () => ({
      media,
      open: async () => {
        if (fails) throw fails;
        return embedder;
      },
      close: async () => {},
    }),
    pollMs: 10,
    waitMs: 5,
  });
  nodes.push(created);
  created.start();
  return created;
}

const begin = (comparison: Comparison) => comparison.begin({ model: 'other', size: 1_000, named: [] });
const isIn = (comparison: Comparison, wanted: string) =>
  until(`it is ${wanted}`, async () => (await comparison.status())?.state === wanted);
const vectorFile = () => path.join(state.dir, 'comparison/sample.vectors');

test('both lists are what comparing every two vectors gives', async () => {
  const comparison = node();
  await begin(comparison);
  await isIn(comparison, 'ready');
  const ranking = await comparison.ranking();
  const ways: Array<['live' | 'other', (id: FileId) => Float32Array]> = [
    ['live', (id) => vectorOf(`live ${id}`)],
    ['other', (id) => vectorOf(media.files.get(id) as string)],
  ];
  for (const [side, of] of ways) {
    const best = [...media.files.keys()]
      .filter((id) => id !== 7)
      .map((id) => cosine(of(7), of(id)))
      .sort((a, b) => b - a)
      .slice(0, 7);
    const found = ranking.nearest(side, [7], 7).map(({ similarity }) => similarity);
    assert.ok(Math.max(...best.map((value, at) => Math.abs(value - found[at]))) < 1e-3, `${side} ${found} ${best}`);
  }
  const status = await comparison.status();
  assert.deepEqual([status?.size, status?.done, status?.failed], [COUNT, COUNT, 0]);
  assert.equal(status?.estimate?.pictures, COUNT);
});

test('paused, it ends the pictures that it has begun, and begins no others', async () => {
  const embedder = new FakeEmbedder();
  let open = () => {};
  embedder.gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let begun = 0;
  const embed = embedder.embed.bind(embedder);
  embedder.embed = (file) => {
    begun++;
    return embed(file);
  };
  const comparison = node(embedder);
  await begin(comparison);
  await until('it has begun', () => begun === embedder.capacity);
  comparison.pause();
  open();
  await until('those are done', () => embedder.embedded.length === begun);
  // Time enough for more, if it would go on.
  await sleep(100);
  assert.equal(begun, embedder.capacity);
  comparison.resume();
  await isIn(comparison, 'ready');
});

test('waits while the queue has work', async () => {
  await parts.store.enqueue(SPACE.id, [1]);
  const embedder = new FakeEmbedder();
  const comparison = node(embedder);
  await begin(comparison);
  await until('it is at work', () => existsSync(path.join(state.dir, 'comparison')));
  await sleep(100);
  assert.deepEqual(embedder.embedded, []);
  const [claim] = await parts.store.claim(SPACE.id, 1, 60_000);
  await parts.store.confirm(claim, 's');
  await isIn(comparison, 'ready');
});

test('what ends halfway goes on where it was: no picture that the file has is embedded again', async () => {
  const first = new FakeEmbedder();
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const comparison = node(first);
  const embed = first.embed.bind(first);
  first.embed = async (file) => {
    if (first.embedded.length < 60) return embed(file);
    await gate;
    throw new SimilarError('EMBEDDER_UNAVAILABLE', 'it ends');
  };
  await begin(comparison);
  await until('the file is written', async () => (await comparison.status())?.done === 50);
  const ending = comparison.stop();
  release();
  await ending;
  assert.equal((await comparison.status())?.state, 'embedding');
  const second = new FakeEmbedder();
  await isIn(node(second), 'ready');
  assert.equal(second.embedded.length, COUNT - 50);
});

test('a file that was damaged in the meantime is made anew', async () => {
  await begin(node());
  await isIn(nodes[0], 'ready');
  await nodes[0].stop();
  const bytes = readFileSync(vectorFile());
  writeFileSync(vectorFile(), bytes.subarray(0, -5));
  const embedder = new FakeEmbedder();
  const comparison = node(embedder);
  await assert.rejects(comparison.ranking(), { code: 'COMPARISON_UNREADY' });
  await isIn(comparison, 'ready');
  assert.equal(embedder.embedded.length, COUNT);
  assert.equal((await comparison.ranking()).fileIds.length, COUNT);
});

test('pictures that fail are counted, and are in no list', async () => {
  const embedder = new FakeEmbedder();
  const refused = { ok: false, state: 'failed', code: 'DECODE_FAILED', reason: 'damaged' } as const;
  embedder.results.set(media.files.get(5) as string, refused);
  media.unseen.set(6, undefined);
  media.files.delete(8);
  const comparison = node(embedder);
  await begin(comparison);
  await isIn(comparison, 'ready');
  const { done, failed } = (await comparison.status()) ?? {};
  assert.deepEqual([done, failed], [COUNT, 3]);
  const ranking = await comparison.ranking();
  for (const side of ['live', 'other'] as const) {
    const ids = ranking.nearest(side, [7], COUNT).map(({ fileId }) => fileId);
    assert.deepEqual(
      [5, 6, 8].filter((id) => ids.includes(id)),
      [],
      side,
    );
    assert.equal(ids.length, COUNT - 4);
  }
});

test('a model that cannot be had is a state with code and remedy; another one can follow', async () => {
  const fails = new SimilarError('MODEL_UNAVAILABLE', 'no network here');
  const comparison = node(undefined, { fails });
  await begin(comparison);
  await isIn(comparison, 'failed');
  const { problem } = (await comparison.status()) ?? {};
  assert.deepEqual(problem, { code: 'MODEL_UNAVAILABLE', message: 'no network here', remedy: fails.remedy });
  await assert.rejects(comparison.ranking(), { code: 'COMPARISON_UNREADY' });
  await assert.rejects(begin(comparison), { code: 'COMPARISON_RUNS' });
  await comparison.discard();
  assert.equal(await comparison.status(), undefined);
  await begin(comparison);
});

test('discarding removes the file and the votes', async () => {
  const embedder = new FakeEmbedder();
  const comparison = node(embedder);
  await begin(comparison);
  await isIn(comparison, 'ready');
  await comparison.vote(7, 'other');
  assert.ok(existsSync(vectorFile()));
  await comparison.discard();
  assert.ok(!existsSync(path.join(state.dir, 'comparison')));
  await begin(comparison);
  assert.deepEqual((await comparison.status())?.votes, { live: 0, other: 0, same: 0 });
  await comparison.discard();
  await assert.rejects(comparison.sample(), { code: 'NOT_COMPARING' });
});

test('votes of several nodes all count, and can be changed and taken back', async () => {
  const here = node();
  await begin(here);
  await isIn(here, 'ready');
  const there = node(undefined, { stateDir: path.join(state.dir, 'another') });
  await Promise.all(
    Array.from({ length: 20 }, (_, at) => [here, there][at % 2].vote(at + 1, at < 12 ? 'live' : 'other')),
  );
  await there.vote(1, null);
  await here.vote(2, 'same');
  assert.deepEqual((await there.status())?.votes, { live: 10, other: 8, same: 1 });
  await assert.rejects(here.vote(9_999, 'live'), { code: 'NOT_FOUND' });
});

test('another node shows how far it is, begins none beside it, and says where the vectors are', async () => {
  const here = node();
  await begin(here);
  await isIn(here, 'ready');
  const embedder = new FakeEmbedder();
  const there = node(embedder, { stateDir: path.join(state.dir, 'another') });
  assert.equal((await there.status())?.done, COUNT);
  await assert.rejects(there.ranking(), { code: 'COMPARISON_ELSEWHERE' });
  await assert.rejects(begin(there), { code: 'COMPARISON_RUNS' });
  assert.deepEqual(embedder.embedded, []);
});

test('with another live model it is outdated, and says so', async () => {
  const comparison = node();
  await begin(comparison);
  await isIn(comparison, 'ready');
  live = OTHER.space;
  const { state, problem } = (await comparison.status()) ?? {};
  assert.deepEqual([state, problem?.code], ['failed', 'COMPARISON_OUTDATED']);
  await assert.rejects(comparison.ranking(), { code: 'COMPARISON_OUTDATED' });
});

test('a library without pictures cannot be compared on', async () => {
  await parts.store.dropSpace(SPACE.id);
  await assert.rejects(begin(node()), { code: 'COMPARISON_EMPTY' });
});

test('a state folder that cannot be made is said, and is no reason to try for ever', async () => {
  const file = path.join(state.dir, 'a-file');
  writeFileSync(file, '');
  const comparison = node(undefined, { stateDir: path.join(file, 'below') });
  await begin(comparison);
  await isIn(comparison, 'failed');
  const { problem } = (await comparison.status()) ?? {};
  assert.equal(problem?.code, 'FILE_UNREADABLE');
  assert.doesNotMatch(problem?.message ?? '', /a-file/);
});

test('another node begins anew when the first one says nothing any more', async () => {
  const silent = node(undefined);
  silent.pause();
  await begin(silent);
  await until('it is taken', async () => (await comparisonRecord()).until > 0);
  await silent.stop();
  await changeRecord({ until: Date.now() - 1 });
  const embedder = new FakeEmbedder();
  const there = node(embedder, { stateDir: path.join(state.dir, 'another') });
  await isIn(there, 'ready');
  assert.equal(embedder.embedded.length, COUNT);
  assert.equal((await there.ranking()).fileIds.length, COUNT);
});

interface Kept {
  comparison: { until: number };
}

const comparisonRecord = async () => (await records.read<Kept>('comparison'))!.value.comparison;

async function changeRecord(change: Partial<Kept['comparison']>): Promise<void> {
  const { revision, value } = (await records.read<Kept>('comparison'))!;
  await records.write('comparison', { comparison: { ...value.comparison, ...change } }, revision);
}
