import { after, before, describe } from 'node:test';
import createKnex, { type Knex } from 'knex';
import { createPgvectorIndex } from '../../plugin/vector-index/pgvector';
import type { DatabaseServer } from '../helpers/database-server';
import { createTestLogger, INDEX_CONFIG } from '../helpers/index-under-test';
import { pgvectorMissing, startPgvector } from '../helpers/pgvector';
import { type IndexUnderTest, vectorIndexSuite } from './vector-index.suite';

describe('pgvector', { skip: pgvectorMissing() ?? false }, () => {
  let server: DatabaseServer;
  let knex: Knex;

  before(async () => {
    server = await startPgvector();
    knex = createKnex({ client: server.client, connection: server.connection, pool: { min: 0, max: 10 } });
  });
  after(async () => {
    await knex?.destroy();
    await server?.stop();
  });

  const create = () => createPgvectorIndex({ knex, config: INDEX_CONFIG, logger: createTestLogger() });

  /** Each test finds an empty database. */
  function underTest(): IndexUnderTest {
    let current = create();
    return {
      index: current,
      async reopen() {
        await current.close();
        current = create();
        return current;
      },
      async dispose() {
        await current.close();
        const ours = knex('pg_class').where({ relkind: 'r' }).where('relname', 'like', 'similar_index_%');
        for (const table of await ours.pluck('relname')) await knex.schema.dropTable(table);
      },
    };
  }

  vectorIndexSuite('pgvector', underTest, { persistent: true });
});
