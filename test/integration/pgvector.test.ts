import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseEnv } from '../helpers/database-server';
import { pgvectorMissing, startPgvector } from '../helpers/pgvector';
import { startPlayground } from '../helpers/strapi';
import { sharedIndexSuite } from './shared-index.suite';

sharedIndexSuite('Strapi with its vector index in PostgreSQL', {
  kind: 'pgvector',
  skip: pgvectorMissing() ?? false,
  startServer: startPgvector,
  settings: (server) => ({ config: { index: { provider: 'pgvector' } }, env: databaseEnv('postgres', server) }),
});

test('on SQLite, pgvector ends the boot, with the key and a remedy', async () => {
  const started = startPlayground({ config: { index: { provider: 'pgvector' } } });
  await assert.rejects(started, /index\.provider.*pgvector.*PostgreSQL.*usearch/);
});
