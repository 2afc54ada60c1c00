import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import createKnex from 'knex';
import { createVectorIndexes } from '../../../plugin/vector-index/providers';
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
