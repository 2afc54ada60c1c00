import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import createKnex from 'knex';
import { createKnexStore } from '../../plugin/store/knex';
import { testEmbeddingStore } from './embedding-store.suite';

testEmbeddingStore('SQLite', async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'similar-store-'));
  const connect = () =>
    createKnex({
      client: 'better-sqlite3',
      connection: { filename: path.join(dir, 'data.db') },
      useNullAsDefault: true,
      pool: { min: 1, max: 1 },
    });
  const [one, two] = [connect(), connect()];
  const store = createKnexStore(one);
  await store.open();
  return {
    store,
    other: createKnexStore(two),
    async close() {
      await Promise.all([one.destroy(), two.destroy()]);
      rmSync(dir, { recursive: true });
    },
  };
});
