import { after, before, describe } from 'node:test';
import createKnex, { type Knex } from 'knex';
import { createVectorIndexes } from '../../plugin/vector-index/providers';
import type { DatabaseServer } from '../helpers/database-server';
import { INDEX_CONFIG } from '../helpers/index-under-test';
import { pgvectorMissing, startPgvector } from '../helpers/pgvector';
import { awaySuite } from './away.suite';

describe('pgvector', { skip: pgvectorMissing() ?? false }, () => {
  let server: DatabaseServer;
  let isUp = true;
  const open: Knex[] = [];

  before(async () => {
    server = await startPgvector();
  });
  after(async () => {
    for (const knex of open) await knex.destroy();
    await server?.stop();
  });

  awaySuite('pgvector', () => ({
    indexes(schema, logger, change) {
      const { client, connection } = server;
      const afterCreate = (one: { query(sql: string, done: () => void): void }, done: () => void) =>
        one.query(`create schema if not exists ${schema}`, done);
      const pool = { min: 0, max: 10, afterCreate };
      const database = createKnex({ client, connection, searchPath: [schema.toLowerCase(), 'public'], pool });
      open.push(database);
      const config = { ...INDEX_CONFIG, ...change, provider: 'pgvector' as const };
      return createVectorIndexes({ config, stateDir: '', logger, database });
    },
    async halt() {
      isUp = false;
      await server.halt();
    },
    async freeze() {
      server.freeze();
    },
    async start() {
      server.thaw();
      if (!isUp) await server.start();
      isUp = true;
    },
  }));
});
