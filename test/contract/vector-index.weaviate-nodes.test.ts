import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import createKnex, { type Knex } from 'knex';
import type { EmbeddingStore, Match, VectorIndex } from '../../plugin/ports';
import { createKnexStore } from '../../plugin/store/knex';
import { createExactIndex } from '../../plugin/vector-index/exact';
import { createVectorIndexes } from '../../plugin/vector-index/providers';
import { createWeaviateIndex } from '../../plugin/vector-index/weaviate';
import { collectionName, using } from '../../plugin/vector-index/weaviate-collection';
import { createWeaviateConnection } from '../../plugin/vector-index/weaviate-connection';
import { deletePoints, fileOf } from '../../plugin/vector-index/weaviate-objects';
import { createFollowingNodes } from '../helpers/following-nodes';
import { createStateDir, createTestLogger, INDEX_CONFIG } from '../helpers/index-under-test';
import { until } from '../helpers/until';
import { createClusters, createRandom, recall, stored } from '../helpers/vectors';
import { startWeaviate, type WeaviateNode, type WeaviateServer, weaviateMissing } from '../helpers/weaviate';

const DIMS = 16;
const SPACE = { id: 'test@1/lanczos', model: 'test', dims: DIMS };
const skip = weaviateMissing() ?? false;
let prefixes = 0;

function configFor({ url, grpcUrl }: WeaviateNode, change: object = {}) {
  const weaviate = { ...INDEX_CONFIG.weaviate, url, grpcUrl, ...change };
  return { ...INDEX_CONFIG, provider: 'weaviate' as const, weaviate };
}

/** What is particular to an index that nodes share, and that may go away. */
describe('nodes that share an index in Weaviate', { skip }, () => {
  let server: WeaviateServer;
  let knex: Knex;
  let store: EmbeddingStore;
  let prefix: string;
  const draw = createClusters(DIMS, 5, createRandom(5));
  const nodes = createFollowingNodes({ space: SPACE, store: () => store, draw });
  const { embed, held, holds } = nodes;

  before(async () => {
    server = await startWeaviate();
  });
  after(async () => {
    await server?.stop();
  });
  beforeEach(async () => {
    prefix = `Nodes${++prefixes}`;
    knex = createKnex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
    store = createKnexStore(knex);
    await store.open();
  });
  afterEach(async () => {
    await nodes.close();
    await knex.destroy();
  });

  /** A node that follows the store. */
  const startNode = () =>
    nodes.start((onRestart, logger, onReturn) =>
      nodes.keep(createWeaviateIndex({ config: configFor(server.nodes[0], { prefix }), logger, onRestart, onReturn })),
    );

  /** As a node of a cluster lacks it that was brought the file alone. */
  async function losePoint(point: string): Promise<void> {
    const connection = createWeaviateConnection(configFor(server.nodes[0]), createTestLogger());
    const collection = { name: collectionName(prefix, SPACE.id), made: '', copies: 1 };
    await connection
      .call((client) => deletePoints(using(client, collection, 'QUORUM'), [point]))
      .finally(() => connection.close());
  }

  it('start together on an empty server', async () => {
    await embed(1, 2, 3);
    const nodes = Array.from({ length: 4 }, () => startNode());
    for (const { index, sync, logger } of nodes) {
      await until('it is synchronised', () => sync.synced);
      assert.deepEqual(await held(index), [1, 2, 3]);
      assert.deepEqual(logger.lines, []);
    }
    await embed(4);
    await store.forget([1]);
    for (const { index } of nodes) await holds(index, 2, 3, 4);
  });

  it('keep the vector of copies until none is left, whoever removes them', async () => {
    const [first, second] = [startNode().index, startNode().index];
    await until('both are open', async () =>
      (await Promise.all([first.status(), second.status()])).every(({ state }) => state === 'ready'),
    );
    const vector = draw();
    for (let round = 0; round < 15; round++) {
      const seq = 10 * round + 1;
      await first.put([stored(1_001, seq, vector)]);
      // The last one goes just as another comes.
      await Promise.all([first.remove([1_001]), second.put([stored(1_002, seq + 1, vector)])]);
      const [found] = await first.search(vector, 1, { among: [1_002] });
      assert.equal(found?.fileId, 1_002, `round ${round}`);
      await second.remove([1_002]);
      assert.deepEqual(await first.search(vector, 1), []);
    }
  });

  it('put again the vector of a file that is there without it', async () => {
    const config = configFor(server.nodes[0], { prefix });
    const index = nodes.keep(createWeaviateIndex({ config, logger: createTestLogger() }));
    await index.open(SPACE);
    const items = [stored(1, 1, draw()), stored(2, 2, draw())];
    await index.put(items);
    await losePoint(fileOf(items[0]).point);
    assert.deepEqual(await held(index), [2]);
    await index.put(items);
    assert.deepEqual(await held(index), [1, 2]);
    assert.equal((await index.searchLike(1, 1))?.[0].fileId, 1);
  });

  it('compare everything again when the collection was deleted', async () => {
    await embed(1, 2);
    const [first, second] = [startNode(), startNode()];
    await holds(first.index, 1, 2);
    await holds(second.index, 1, 2);
    const state = createStateDir();
    const deps = { config: configFor(server.nodes[0], { prefix }), stateDir: state.dir, logger: createTestLogger() };
    await createVectorIndexes(deps).remove(SPACE.id);
    state.remove();
    for (const { index } of [first, second]) {
      // Whoever looks sees that it has gone.
      await until('it is there again', async () => (await index.status()).size === 2);
      await holds(index, 1, 2);
    }
  });

  it('say once that the server is away, and lose nothing', async () => {
    await embed(1, 2, 3);
    const { index, sync, logger } = startNode();
    await until('it is synchronised', () => sync.synced);
    assert.deepEqual(logger.lines, []);
    await server.nodes[0].kill();
    for (let i = 0; i < 3; i++) {
      await assert.rejects(index.search(draw(), 1), { code: 'INDEX_UNAVAILABLE', status: 503 });
      await assert.rejects(index.searchLike(1, 1), { code: 'INDEX_UNAVAILABLE', status: 503 });
    }
    await embed(4, 5);
    await store.forget([1]);
    await until('the status says why', async () => (await index.status()).code === 'WEAVIATE_UNAVAILABLE');
    assert.notEqual((await index.status()).state, 'ready');
    await server.nodes[0].start();
    await until('it answers again', async () => (await index.status()).state === 'ready');
    await holds(index, 2, 3, 4, 5);
    assert.equal((await index.search(draw(), 10)).length, 4);
    assert.match(
      logger.lines[0],
      /^warn: Weaviate at http:\/\/127\.0\.0\.1:\d+ does not answer \(.+\)\. Until it is back/,
    );
    assert.match(logger.lines[1], /^info: Weaviate at .* answers again$/);
    assert.equal(logger.lines.length, 2, logger.lines.join('\n'));
  });

  it('look for what the server lacks when it is back, while searches go on', async () => {
    await embed(1, 2);
    const { index, sync } = startNode();
    await holds(index, 1, 2);
    await until('it is synchronised', () => sync.synced);
    const [first] = await store.vectorsSince(SPACE.id, 0, 1);
    await losePoint(fileOf(first).point);
    await holds(index, 2);
    await server.nodes[0].kill();
    await assert.rejects(index.search(draw(), 1), { code: 'INDEX_UNAVAILABLE' });
    await server.nodes[0].start();
    await until('it has everything', async () => {
      assert.ok(sync.synced, 'searches go on');
      return (await held(index).catch(() => [])).join() === '1,2';
    });
  });

  it('start while the server is away, and find it later', async () => {
    await embed(1);
    await server.nodes[0].kill();
    const { index, logger } = startNode();
    await until('it is told', () => logger.lines.length > 0);
    await assert.rejects(index.search(draw(), 1), { code: 'INDEX_UNAVAILABLE' });
    await server.nodes[0].start();
    await until('it is found', async () => (await index.status()).size === 1);
    assert.deepEqual(
      logger.lines.map((line) => line.split(':')[0]),
      ['warn', 'info'],
    );
  });

  it('say what the server refuses', async () => {
    const weaviate = { prefix, replication: { factor: 3 } };
    const config = configFor(server.nodes[0], weaviate);
    const index = nodes.keep(createWeaviateIndex({ config, logger: createTestLogger() }));
    await assert.rejects(index.open(SPACE), { code: 'WEAVIATE_UNAVAILABLE', message: /refuses a request: .*replica/ });
    const { state, code } = await index.status();
    assert.deepEqual([state, code], ['opening', 'WEAVIATE_UNAVAILABLE']);
  });
});

describe('an index in a cluster of three Weaviate nodes', { skip }, () => {
  let server: WeaviateServer;
  let index: VectorIndex;

  before(async () => {
    server = await startWeaviate({ nodes: 3 });
  });
  after(async () => {
    await index?.close();
    await server?.stop();
  });

  it('loses nothing when a node is killed during writes and searches, and the node rejoins', async () => {
    const [first, , third] = server.nodes;
    const config = configFor(first, { prefix: 'Cluster', replication: { factor: 3 } });
    index = createWeaviateIndex({ config, logger: createTestLogger() });
    await index.open(SPACE);
    const exact = createExactIndex();
    await exact.open(SPACE);
    const draw = createClusters(DIMS, 20, createRandom(11));
    const items = Array.from({ length: 2_000 }, (_, i) => stored(i + 1, i + 1, draw()));
    await exact.put(items);
    const queries = Array.from({ length: 50 }, draw);
    await index.put(items.slice(0, 1_000));

    /** As the pipeline does it: what failed is put again. */
    async function putAll(): Promise<void> {
      for (let at = 1_000; at < items.length; at += 100) {
        const page = items.slice(at, at + 100);
        if (at === 1_300) void third.kill();
        await until('the page is put', () =>
          index.put(page).then(
            () => true,
            () => false,
          ),
        );
      }
    }
    let answered = 0;
    let isDone = false;
    async function searchOn(): Promise<void> {
      for (let i = 0; !isDone; i++) {
        const matches: Match[] = await index.search(queries[i % queries.length], 10).catch(() => []);
        if (matches.length === 10) answered++;
      }
    }
    const searching = searchOn();
    await putAll().finally(() => {
      isDone = true;
    });
    await searching;
    assert.ok(answered > 0, 'searches were answered meanwhile');

    async function recallOf(asked: VectorIndex): Promise<number> {
      let sum = 0;
      for (const query of queries) sum += recall(await exact.search(query, 10), await asked.search(query, 10));
      return sum / queries.length;
    }
    assert.equal((await index.keys()).length, items.length);
    assert.ok((await recallOf(index)) >= 0.99, 'with two nodes');

    await third.start();
    const there = createWeaviateIndex({
      config: configFor(third, { prefix: 'Cluster', replication: { factor: 3 } }),
      logger: createTestLogger(),
    });
    try {
      const succeeds = (work: Promise<unknown>) =>
        work.then(
          () => true,
          () => false,
        );
      await until('it can be opened', () => succeeds(there.open(SPACE)));
      // What Weaviate has not brought to it is put again, as it is at the start of any node.
      await until('the node has what it missed', async () => {
        const held = new Set((await there.keys()).map(({ fileId }) => fileId));
        const missing = items.filter(({ fileId }) => !held.has(fileId));
        await there.put(missing);
        return missing.length === 0;
      });
      assert.ok((await recallOf(there)) >= 0.99, 'on the node that was away');
    } finally {
      await there.close();
    }
  });
});
