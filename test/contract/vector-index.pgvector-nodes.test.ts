import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import createKnex, { type Knex } from 'knex';
import type { EmbeddingStore, StoredVector, VectorIndex } from '../../plugin/ports';
import { createKnexStore } from '../../plugin/store/knex';
import { createPgvectorIndex } from '../../plugin/vector-index/pgvector';
import { dropTable } from '../../plugin/vector-index/pgvector-table';
import { createVectorIndexes } from '../../plugin/vector-index/providers';
import type { DatabaseServer } from '../helpers/database-server';
import { createFollowingNodes } from '../helpers/following-nodes';
import { createStateDir, createTestLogger, INDEX_CONFIG } from '../helpers/index-under-test';
import { pgvectorMissing, startPgvector } from '../helpers/pgvector';
import { until } from '../helpers/until';
import { createRandom, stored } from '../helpers/vectors';

const DIMS = 8;
const SPACE = { id: 'test@1/lanczos', model: 'test', dims: DIMS };
const random = createRandom(5);
const draw = () => Float32Array.from({ length: DIMS }, () => random() - 0.5);

/** What is particular to an index that nodes share. */
describe('nodes that share an index in pgvector', { skip: pgvectorMissing() ?? false }, () => {
  let server: DatabaseServer;
  let root: Knex;
  let knex: Knex;
  let count = 0;
  let store: EmbeddingStore;
  const nodes = createFollowingNodes({ space: SPACE, store: () => store, draw });
  const { embed, held, holds } = nodes;

  const connect = (change: object) =>
    createKnex({ client: 'pg', connection: { ...server.connection, ...change }, pool: { min: 0, max: 10 } });

  before(async () => {
    server = await startPgvector();
    root = connect({});
    await root.raw('create role plain login');
  });
  after(async () => {
    await root?.destroy();
    await server?.stop();
  });
  beforeEach(async () => {
    const database = `shop_${++count}`;
    await root.raw(`create database ${database}`);
    knex = connect({ database });
    store = createKnexStore(knex);
    await store.open();
  });
  afterEach(async () => {
    await nodes.close();
    await knex.destroy();
  });

  const createIndex = (on = knex, onRestart?: () => void, logger = createTestLogger()): VectorIndex =>
    nodes.keep(createPgvectorIndex({ knex: on, config: INDEX_CONFIG, logger, onRestart }));

  /** A node that follows the store. */
  const startNode = (parts: { store?: EmbeddingStore; change?: Partial<VectorIndex>; on?: Knex } = {}) =>
    nodes.start((onRestart, logger) => ({ ...createIndex(parts.on, onRestart, logger), ...parts.change }), parts.store);

  it('start together on an empty database', async () => {
    await embed(1, 2, 3);
    const nodes = Array.from({ length: 6 }, () => startNode());
    for (const { index, sync, logger } of nodes) {
      await until('it is synchronised', () => sync.synced);
      assert.deepEqual(await held(index), [1, 2, 3]);
      assert.deepEqual(logger.lines, []);
    }
  });

  it('send each vector once', async () => {
    const items = Array.from({ length: 30 }, (_, i) => stored(i + 1, i + 1, draw()));
    const [first, second] = [createIndex(), createIndex()];
    await first.open(SPACE);
    await second.open(SPACE);
    await first.put(items);
    const sent: string[] = [];
    knex.on('query', ({ sql }: { sql: string }) => sent.push(sql));
    await second.put([...items, stored(31, 31, draw())]);
    assert.equal(sent.filter((sql) => sql.includes('halfvec')).length, 1);
    assert.equal(sent.join().split('::public.halfvec').length - 1, 1, 'of 31 vectors one');
    assert.equal((await second.status()).size, 31);
  });

  it('write the same files at the same time in any order', async () => {
    const nodes = Array.from({ length: 4 }, () => createIndex());
    for (const index of nodes) await index.open(SPACE);
    const items = Array.from({ length: 40 }, (_, i) => stored(i + 1, i + 1, draw()));
    const shuffled = () => items.toSorted(() => random() - 0.5);
    const later = (by: number) => shuffled().map((item): StoredVector => ({ ...item, seq: item.seq + by }));
    await Promise.all(
      nodes.flatMap((index, i) => [
        index.put(later(100 * i)),
        index.remove(shuffled().map(({ fileId }) => fileId)),
        index.put(later(1_000)),
      ]),
    );
    assert.deepEqual(new Set((await nodes[0].keys()).map(({ seq, fileId }) => seq - fileId)), new Set([1_000]));
  });

  it('keep one point of each vector that a file has', async () => {
    const [index, items] = [createIndex(), Array.from({ length: 40 }, (_, i) => stored(i + 1, i + 1, draw()))];
    await index.open(SPACE);
    await index.put(items);
    const { relname } = await knex('pg_class').where('relname', 'like', 'similar_index_%_points').first('relname');
    const points = async () => Number((await knex(relname).count('* as n'))[0].n);
    assert.equal(await points(), 40);
    await index.put([
      { ...items[1], fileId: 41, seq: 41 },
      { ...items[0], seq: 42, vector: stored(1, 42, draw()).vector },
    ]);
    assert.equal(await points(), 40, 'a copy has none of its own, and one that was replaced is gone');
    await index.remove([2, 3]);
    assert.equal(await points(), 39, 'the copy has it still');
    await index.remove([41]);
    assert.equal(await points(), 38);
  });

  it('a vector that a late node puts back goes again', async () => {
    await embed(1, 2);
    const quick = startNode();
    await holds(quick.index, 1, 2);
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let fetched = false;
    let putBack: number[] | undefined;
    const late = startNode({
      store: {
        ...store,
        async vectorsSince(...args) {
          const vectors = await store.vectorsSince(...args);
          if (vectors.some(({ fileId }) => fileId === 3)) {
            fetched = true;
            await gate;
          }
          return vectors;
        },
      },
      change: {
        async put(items) {
          await inner.put(items);
          putBack ??= await held(inner);
        },
      },
    });
    const inner = createIndex();
    await inner.open(SPACE);
    await until('the late node is synchronised', () => late.sync.synced);
    await embed(3);
    await until('the late node has read its vector', () => fetched);
    await holds(quick.index, 1, 2, 3);
    await store.forget([3]);
    await holds(quick.index, 1, 2);
    release();
    await until('the late node has put it', () => putBack !== undefined);
    assert.deepEqual(putBack, [1, 2, 3], 'it is back');
    await holds(quick.index, 1, 2);
  });

  it('what a node left behind that ended too early goes with the next start of any', async () => {
    await embed(1, 2);
    const first = startNode();
    await holds(first.index, 1, 2);
    await first.sync.stop();
    await first.index.put([stored(9, 900, draw())]);
    await first.index.remove([2]);
    await holds(startNode().index, 1, 2);
  });

  for (const [what, act] of [
    ['dropped', () => dropTable(knex, SPACE.id)],
    ['rebuilt by another node', () => rebuild()],
    ['dropped with the extension', () => knex.raw('drop extension vector cascade')],
  ] as const) {
    it(`put everything again after the table was ${what}, and do not take what is left for all`, async () => {
      await embed(1, 2, 3);
      const { index, sync } = startNode();
      await until('it is synchronised', () => sync.synced);
      assert.equal((await index.search(draw(), 3)).length, 3);
      await sync.stop();
      await act();
      await until('it says that it has nothing', () => index.search(draw(), 3).then(() => false, isUnavailable));
      assert.equal(sync.synced, false, 'it was told to compare');
      await holds(startNode().index, 1, 2, 3);
      assert.equal((await (await otherNode()).search(draw(), 3)).length, 3);
    });
  }

  const isUnavailable = (error: { code?: string }) => error.code === 'INDEX_UNAVAILABLE';
  async function otherNode(): Promise<VectorIndex> {
    const other = createIndex();
    await other.open(SPACE);
    return other;
  }

  async function rebuild(): Promise<void> {
    const other = await otherNode();
    await other.clear();
    await other.put([stored(2, 2, draw())]);
  }

  it('say what is missing where the extension may not be created, and go on once it is there', async () => {
    await embed(1);
    await knex.raw('grant all on schema public to plain; grant all on all tables in schema public to plain');
    const plain = connect({ user: 'plain', database: `shop_${count}` });
    try {
      const { index, sync, logger } = startNode({ on: plain });
      await until('it is logged', () => logger.lines.some((line) => line.includes('may not create the extension')));
      await assert.rejects(sync.ready(), { code: 'INDEX_UNAVAILABLE' });
      const { state, code, problem } = await index.status();
      assert.deepEqual([state, code], ['opening', 'PGVECTOR_UNAVAILABLE']);
      assert.match(problem as string, /permission denied/);
      await knex.raw('create extension vector');
      await until('it is synchronised', () => sync.synced);
      assert.deepEqual(await held(index), [1]);
      assert.equal((await index.status()).problem, undefined);
      const levels = logger.lines.map((line) => line.split(':')[0]);
      assert.deepEqual(levels, ['warn', 'info'], logger.lines.join('\n'));
      await sync.stop();
    } finally {
      await plain.destroy();
    }
  });

  it('keep nothing of a space that was dropped, whichever provider is configured', async () => {
    const index = createIndex();
    await index.open(SPACE);
    await index.put([stored(1, 1, draw())]);
    const tables = () => knex('pg_class').where('relname', 'like', 'similar_index_%').pluck('relname');
    assert.notDeepEqual(await tables(), []);
    const state = createStateDir();
    const deps = { stateDir: state.dir, config: INDEX_CONFIG, logger: createTestLogger(), database: knex };
    await createVectorIndexes(deps).remove(SPACE.id);
    state.remove();
    assert.deepEqual(await tables(), []);
  });

  it('refuse vectors that are too long for the graph', async () => {
    const long = { id: 'long@1/lanczos', model: 'long', dims: 4_001 };
    await assert.rejects(createIndex().open(long), { code: 'INVALID_CONFIG', message: /index\.provider.*4000.*4001/ });
    const [index, space] = [createIndex(), { ...long, dims: 4_000 }];
    await index.open(space);
    const vector = Float32Array.from({ length: 4_000 }, () => random() - 0.5);
    await index.put([stored(1, 1, vector)]);
    assert.equal((await index.searchLike(1, 1))?.[0].fileId, 1);
  });
});
