import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import createKnex, { type Knex } from 'knex';
import type { SimilarConfig } from '../../plugin/contracts/config';
import type { EmbeddingStore } from '../../plugin/ports';
import { type Answering, createAnswering } from '../../plugin/spaces/answering';
import { createKnexStore } from '../../plugin/store/knex';
import { createVectorIndexes } from '../../plugin/vector-index/providers';
import { createFollowingNodes } from '../helpers/following-nodes';
import { createTestLogger, INDEX_CONFIG } from '../helpers/index-under-test';
import { listen } from '../helpers/listen';
import { until } from '../helpers/until';
import { createRandom } from '../helpers/vectors';

const DIMS = 8;
const SPACE = { id: 'test@1/lanczos', model: 'test', dims: DIMS };

/** It takes connections and says nothing: a process that is stopped, a disk that hangs, a firewall in between. */
describe('a server of the vector index that accepts and stays silent', () => {
  const sockets = new Set<Socket>();
  let server: Server;
  let port: number;
  let silent: Knex;
  let own: Knex;
  let store: EmbeddingStore;
  let node: Answering;
  const random = createRandom(3);
  const draw = () => Float32Array.from({ length: DIMS }, () => random() - 0.5);
  const { embed } = createFollowingNodes({ space: SPACE, store: () => store, draw });

  before(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    });
    port = await listen(server);
  });
  after(() => {
    server.close();
  });
  beforeEach(async () => {
    const connection = { host: '127.0.0.1', port, user: 'similar', database: 'shop' };
    silent = createKnex({ client: 'pg', connection, pool: { min: 0, max: 5 } });
    own = createKnex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
    store = createKnexStore(own);
    await store.open();
    await embed(1, 2, 3);
  });
  afterEach(async () => {
    await node.stop();
    for (const socket of sockets) socket.destroy();
    await silent.destroy();
    await own.destroy();
  });

  for (const provider of ['pgvector', 'weaviate'] as const) {
    it(`does not hold up searches (${provider})`, async () => {
      const logger = createTestLogger();
      const url = `http://127.0.0.1:${port}`;
      const config: SimilarConfig['index'] = {
        ...{ ...INDEX_CONFIG, provider, timeoutMs: 100 },
        weaviate: { ...INDEX_CONFIG.weaviate, url, grpcUrl: url },
      };
      const indexes = createVectorIndexes({ config, stateDir: '', logger, database: silent });
      node = createAnswering(SPACE, {
        ...{ store, logger, fallback: indexes.fallback, createIndex: (...on) => indexes.create(...on) },
        embed: () => assert.fail('nothing is embedded'),
      });
      node.start();
      await until('it is told', () => logger.lines.length > 0);
      const found = await node.search.neighbours([{ fileId: 2 }], { limit: 10 });
      assert.deepEqual(new Set(found.map(({ fileId }) => fileId)), new Set([1, 2, 3]));
      const { mode, state, problem } = await node.status();
      assert.deepEqual([mode, state], ['fallback', 'ready']);
      assert.match(problem as string, /does not answer/);
      assert.equal(logger.lines.length, 1, logger.lines.join('\n'));
      assert.match(logger.lines[0], /^warn: .* does not answer \(.+\)\. Until it is back, searches compare the stored/);
    });
  }
});
