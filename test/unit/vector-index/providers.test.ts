import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';
import createKnex from 'knex';
import type { SimilarError } from '../../../plugin/errors';
import { createVectorIndexes } from '../../../plugin/vector-index/providers';
import { loadWeaviate } from '../../../plugin/vector-index/weaviate-client';
import { createStateDir, createTestLogger, INDEX_CONFIG } from '../../helpers/index-under-test';

const state = createStateDir();
const database = createKnex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
after(async () => {
  await database.destroy();
  state.remove();
});

const deps = { stateDir: state.dir, logger: createTestLogger() };
const pgvector = { ...INDEX_CONFIG, provider: 'pgvector' as const };

test('pgvector on another database than PostgreSQL is a wrong configuration, with its key and a remedy', () => {
  for (const [one, name] of [
    [database, 'sqlite3'],
    [undefined, 'not known'],
  ] as const) {
    assert.throws(() => createVectorIndexes({ ...deps, config: pgvector, database: one }), {
      name: 'SimilarError',
      code: 'INVALID_CONFIG',
      message: `\`index.provider\` is \`pgvector\`, which needs PostgreSQL as Strapi’s database, but that is ${name}. Set it to \`usearch\`, or move Strapi to PostgreSQL.`,
    });
  }
});

test('usearch needs no database, and removes its files only', async () => {
  await createVectorIndexes({ ...deps, config: INDEX_CONFIG }).remove('a@1/b');
  await createVectorIndexes({ ...deps, config: INDEX_CONFIG, database }).remove('a@1/b');
  assert.equal(
    (
      await createVectorIndexes({ ...deps, config: INDEX_CONFIG })
        .create(() => {})
        .status()
    ).kind,
    'usearch',
  );
});

test('weaviate without an address is a wrong configuration, with its key and a remedy', () => {
  const config = { ...INDEX_CONFIG, provider: 'weaviate' as const };
  assert.throws(() => createVectorIndexes({ ...deps, config }), {
    code: 'INVALID_CONFIG',
    message: /`index\.provider` is `weaviate`, .*Set `index\.weaviate\.url`/,
  });
});

test('weaviate without its client says what to install', () => {
  assert.throws(
    () => loadWeaviate([path.parse(__dirname).root]),
    (error: SimilarError) =>
      error.code === 'WEAVIATE_CLIENT_MISSING' && /npm install weaviate-client@3\.12\.1/.test(error.remedy),
  );
  assert.ok(loadWeaviate([path.parse(__dirname).root, __dirname]).default.connectToCustom);
});
