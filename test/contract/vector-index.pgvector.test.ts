import { after, before, describe } from 'node:test';
import createKnex, { type Knex } from 'knex';
import { createPgvectorIndex } from '../../plugin/vector-index/pgvector';
import { rememberLikes } from '../../plugin/vector-index/remembering';
import type { DatabaseServer } from '../helpers/database-server';
import { INDEX_CONFIG } from '../helpers/index-under-test';
import { pgvectorMissing, startPgvector } from '../helpers/pgvector';
import { vectorIndexSuite } from './vector-index.suite';

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

  const create = () => createPgvectorIndex({ knex, config: INDEX_CONFIG });

  /** Each test finds an empty database. */
  function underTest(wrapped: typeof rememberLikes = (index) => index) {
    let current = create();
    return {
      index: wrapped(current),
      async reopen() {
        await current.close();
        current = create();
        return wrapped(current);
      },
      async dispose() {
        await current.close();
        const { rows } = await knex.raw(
          `select relname from pg_class where relname like 'similar_index_%' and relkind = 'r'`,
        );
        for (const { relname } of rows) await knex.schema.dropTable(relname);
      },
    };
  }

  vectorIndexSuite('pgvector', () => underTest(), { persistent: true });
  vectorIndexSuite('pgvector, remembered', () => underTest(rememberLikes), { persistent: true });
});
