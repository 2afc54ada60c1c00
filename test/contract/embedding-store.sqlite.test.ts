import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import createKnex from 'knex';
import { createKnexStore } from '../../plugin/store/knex';
import { testEmbeddingStore } from './embedding-store.suite';

testEmbeddingStore('SQLite', async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'similar-store-'));
  const knex = createKnex({
    client: 'better-sqlite3',
    connection: { filename: path.join(dir, 'data.db') },
    useNullAsDefault: true,
  });
  const store = createKnexStore(knex);
  await store.open();
  return {
    store,
    // Nodes cannot share an SQLite file, so this one shares the connection: calls of both still interleave.
    other: createKnexStore(knex),
    async close() {
      await knex.destroy();
      rmSync(dir, { recursive: true });
    },
  };
});
