import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { configSchema, type SimilarConfigInput } from '../../../plugin/contracts/config';
import { SimilarError } from '../../../plugin/errors';
import type { FileId, Logger, Space } from '../../../plugin/ports';
import { Arithmetic } from '../../../plugin/refine/arithmetic';
import type { Refiner } from '../../../plugin/refine/refiner';
import { createRefinement, type LaneRefinement } from '../../../plugin/spaces/refinement';
import { createKnexBlobs } from '../../../plugin/store/blobs';
import { createKnexRecords } from '../../../plugin/store/records';
import { createExactIndex } from '../../../plugin/vector-index/exact';
import { cosine, dot, normalise } from '../../../plugin/vectors/cosine';
import { createParts, type Parts, quiet } from '../../helpers/pipeline';
import { until } from '../../helpers/until';

const BASE: Space = { id: 'test@1/lanczos3', model: 'test', dims: 12 };
const FROM = 20;

/** The same vector for the same number; numbers that are alike modulo 4 look alike. */
function vectorOf(content: number): Float32Array {
  const vector = Float32Array.from({ length: BASE.dims }, (_, i) => 1 + 0.3 * Math.sin(content * 7.3 + i * 2.1));
  vector[content % 4] += 2;
  return normalise(vector) as Float32Array;
}

interface Node extends LaneRefinement {
  log: string[];
  /** Refiners that were started. */
  refiners: number;
}

let parts: Parts;
let nodes: Node[];

beforeEach(async () => {
  parts = await createParts();
  nodes = [];
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await parts.close();
});

/** The arithmetic in this process. */
function inProcess(): Refiner {
  const arithmetic = new Arithmetic();
  return {
    sample: async (...ask) => arithmetic.sample(...ask),
    learn: async (...ask) => arithmetic.learn(...ask),
    load: async (...ask) => arithmetic.load(...ask),
    refine: async (...ask) => arithmetic.refine(...ask),
    close() {},
  };
}

async function start(config: SimilarConfigInput = {}, startRefiner = inProcess): Promise<Node> {
  const log: string[] = [];
  const logger: Logger = { ...quiet, warn: (message) => log.push(message) };
  const { refine, ...rest } = config;
  let refiners = 0;
  const refinement = createRefinement({
    base: BASE,
    config: configSchema.parse({ ...rest, refine: { from: FROM, dims: 6, ...refine } }),
    store: parts.store,
    records: createKnexRecords(parts.db),
    blobs: createKnexBlobs(parts.db),
    logger,
    createIndex: () => createExactIndex(),
    removeIndex: async () => {},
    embed: async () => ({ ok: true, vector: vectorOf(0) }),
    startRefiner() {
      refiners += 1;
      return startRefiner();
    },
    pollMs: 20,
    retryMs: 60,
  });
  const node = Object.assign(Object.create(Object.getPrototypeOf(refinement)), { log }) as Node;
  Object.defineProperties(node, {
    ...Object.getOwnPropertyDescriptors(refinement),
    log: { value: log },
    refiners: { get: () => refiners },
  });
  nodes.push(node);
  await node.start();
  return node;
}

/** The worker's part: pictures get vectors in the model's space. */
async function embed(contents: Record<FileId, number>, node?: Node): Promise<void> {
  const ids = Object.keys(contents).map(Number);
  await parts.store.enqueue(BASE.id, ids);
  const claims = await parts.store.claim(BASE.id, ids.length, 1_000);
  await parts.store.complete(
    claims.map((claim) => ({ claim, digest: 'd', stamp: 's', vector: vectorOf(contents[claim.fileId]) })),
  );
  await node?.stored(ids);
}

const numbered = (from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from + 1 }, (_, i) => [from + i, from + i]));

const stateIs = (node: Node, state: string) =>
  until(`it is ${state}`, async () => (await node.progress()).state === state);

const spaceOf = ({ answering }: Node) => answering.space.id;
const isRefined = (node: Node) => until('it is refined', () => spaceOf(node).startsWith(`${BASE.id}~`));

async function nearest(node: Node, id: FileId, limit = 100) {
  const { search } = node.answering;
  const queries = await search.queries([id]);
  const found = await search.neighbours(queries, { limit, exclude: [id] });
  const similarities = await search.similarities(queries, found);
  return found.map((match, at) => ({ ...match, shown: similarities[at] }));
}

const holds = (node: Node, count: number) =>
  until(`${count} are found`, async () => (await nearest(node, 1)).length === count - 1);

describe('refinement of a runner', () => {
  test('with too few pictures the model’s own vectors rank', async () => {
    await embed(numbered(1, FROM - 1));
    const node = await start();
    await holds(node, FROM - 1);
    assert.deepEqual(await node.progress(), { state: 'waiting', done: FROM - 1, total: FROM });
    assert.equal(spaceOf(node), BASE.id);
    assert.equal(node.refiners, 0);
  });

  test('with enough of them a space is learnt, and takes over when all pictures are in it', async () => {
    await embed(numbered(1, 40));
    const node = await start();
    await isRefined(node);
    assert.equal((await nearest(node, 1)).length, 39);
    assert.equal(node.answering.search.space.dims, 6);
    assert.deepEqual(await node.progress(), { state: 'live', space: spaceOf(node) });
    const [counts, raw] = await Promise.all([parts.store.counts(spaceOf(node)), parts.store.counts(BASE.id)]);
    assert.deepEqual([counts.vectors, raw.vectors], [40, 40]);
  });

  test('what is shown stays the cosine of the model, the order is that of the refined space', async () => {
    await embed(numbered(1, 40));
    const node = await start();
    await isRefined(node);
    const found = await nearest(node, 1);
    const refined = await parts.store.vectors(spaceOf(node), [1, ...found.map(({ fileId }) => fileId)]);
    for (const { fileId, rank, shown } of found) {
      assert.ok(Math.abs(shown - cosine(vectorOf(1), vectorOf(fileId))) < 2e-3, `shown of ${fileId}`);
      const [a, b] = [refined.get(1), refined.get(fileId)] as Float32Array[];
      assert.ok(Math.abs(rank - cosine(a, b)) < 2e-3, `rank of ${fileId}`);
    }
    assert.ok(
      found.some(({ rank, shown }) => Math.abs(rank - shown) > 0.05),
      'the two differ',
    );
  });

  test('a picture that is sent is ranked in the refined space and shown with the cosine of the model', async () => {
    await embed(numbered(1, 40));
    const node = await start();
    await isRefined(node);
    const { search } = node.answering;
    const queries = [await search.queryOf({ vector: vectorOf(8) })];
    const [best] = await search.neighbours(queries, { limit: 1 });
    assert.equal(best.fileId % 4, 0);
    const [shown] = await search.similarities(queries, [best]);
    assert.ok(Math.abs(shown - cosine(vectorOf(8), vectorOf(best.fileId))) < 2e-3);
  });

  test('new, replaced and removed pictures follow', async () => {
    await embed(numbered(1, 40));
    const node = await start();
    await isRefined(node);
    await embed({ 41: 41 }, node);
    assert.equal((await node.answering.search.queries([41])).length, 1, 'it can be asked for at once');
    await holds(node, 41);

    const before = (await parts.store.vectors(spaceOf(node), [2])).get(2) as Float32Array;
    await embed({ 2: 3 }, node);
    await until('the refined vector is another one', async () => {
      const now = (await parts.store.vectors(spaceOf(node), [2])).get(2) as Float32Array;
      return dot(now, before) < 0.9;
    });

    await parts.store.dropSpace(BASE.id, [3]);
    await node.removed([3]);
    await holds(node, 40);
    assert.equal((await parts.store.counts(spaceOf(node))).vectors, 40);
  });

  test('rows that were missed are mended at the next start, and failed pictures keep their rows', async () => {
    await embed(numbered(1, 40));
    let node = await start();
    await isRefined(node);
    await node.stop();
    await embed({ 41: 41, 42: 42 });
    await parts.store.dropSpace(BASE.id, [1]);
    await parts.store.enqueue(BASE.id, [1]);
    node = await start();
    await until('the rows are those of the model', async () => {
      const refined = await parts.store.vectorKeys(spaceOf(node), 0, 100);
      return refined.map(({ fileId }) => fileId).join() === Array.from({ length: 41 }, (_, i) => i + 2).join();
    });
    assert.equal((await parts.store.counts(BASE.id)).pending, 1, 'the picture still waits for its embedding');
  });

  test('after a restart the same space answers, and nothing is learnt again', async () => {
    await embed(numbered(1, 40));
    let node = await start();
    await isRefined(node);
    const space = spaceOf(node);
    await node.stop();
    node = await start();
    assert.equal(spaceOf(node), space);
    await holds(node, 40);
    assert.equal(node.refiners, 0);
  });

  test('of two nodes one learns, and both answer in its space', async () => {
    await embed(numbered(1, 40));
    const [one, two] = await Promise.all([start(), start()]);
    await Promise.all([isRefined(one), isRefined(two)]);
    assert.equal(spaceOf(one), spaceOf(two));
    assert.deepEqual(
      (await nearest(one, 5)).map(({ fileId }) => fileId),
      (await nearest(two, 5)).map(({ fileId }) => fileId),
    );
  });

  test('a node that only answers follows the others', async () => {
    await embed(numbered(1, 40));
    const reader = await start({ indexing: false });
    assert.equal(spaceOf(reader), BASE.id);
    const writer = await start();
    await Promise.all([isRefined(writer), isRefined(reader)]);
    assert.equal(spaceOf(reader), spaceOf(writer));
    assert.equal(reader.refiners, 0);
  });

  test('when the library has grown by half it is learnt from again, and what was before is deleted', async () => {
    await embed(numbered(1, 40));
    const node = await start();
    await isRefined(node);
    const first = spaceOf(node);
    await embed(numbered(41, 59), node);
    await holds(node, 59);
    assert.equal(spaceOf(node), first);
    await embed({ 60: 60 }, node);
    await until('another space answers', () => spaceOf(node) !== first);
    assert.equal((await nearest(node, 1)).length, 59);
    await until('the first one is gone', async () => !(await parts.store.spaces()).includes(first));
    // One after the other.
    await until('what it was made by, too', async () => !(await createKnexBlobs(parts.db).read(first)));
  });

  test('when learning fails the reason is told, the model’s own vectors rank, and it is tried again', async () => {
    await embed(numbered(1, 40));
    let fails = true;
    const node = await start({}, () => {
      const learn = async () => {
        throw new SimilarError('REFINEMENT_FAILED', 'Refining failed: no memory');
      };
      return fails ? { ...inProcess(), learn } : inProcess();
    });
    await until('the reason is told', async () => (await node.progress()).reason !== undefined);
    const { state, reason } = await node.progress();
    assert.deepEqual([state, reason], ['waiting', 'Refining failed: no memory']);
    assert.ok(node.log.some((line) => line.includes('no memory')));
    assert.equal((await nearest(node, 1)).length, 39);
    assert.equal(spaceOf(node), BASE.id);
    fails = false;
    await isRefined(node);
    assert.equal((await node.progress()).reason, undefined);
  });

  test('what was learnt is gone: the model’s own vectors rank until it is learnt again', async () => {
    await embed(numbered(1, 40));
    let node = await start();
    await isRefined(node);
    const first = spaceOf(node);
    await node.stop();
    await createKnexBlobs(parts.db).remove(first);
    node = await start();
    assert.equal(spaceOf(node), BASE.id);
    await isRefined(node);
    assert.notEqual(spaceOf(node), first);
  });

  test('off: the model’s own vectors rank again once they are loaded, and the refined ones are deleted', async () => {
    await embed(numbered(1, 40));
    let node = await start();
    await isRefined(node);
    const refined = spaceOf(node);
    await node.stop();
    node = await start({ refine: { mode: 'off' } });
    assert.equal((await nearest(node, 1)).length, 39, 'it answers meanwhile');
    await until('the model’s own vectors rank', () => spaceOf(node) === BASE.id);
    await until('the refined ones are gone', async () => !(await parts.store.spaces()).includes(refined));
    assert.deepEqual(await node.progress(), { state: 'off' });
    assert.equal((await nearest(node, 1)).length, 39);
  });

  test('while indexing is paused nothing is learnt', async () => {
    await embed(numbered(1, 40));
    const node = await start({ indexing: true, refine: { from: 41 } });
    node.pause();
    await embed({ 41: 41 }, node);
    await holds(node, 41);
    await stateIs(node, 'waiting');
    assert.equal(node.refiners, 0);
    node.resume();
    await isRefined(node);
  });
});
