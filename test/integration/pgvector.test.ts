import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DatabaseServer, databaseEnv } from '../helpers/database-server';
import { pgvectorMissing, startPgvector } from '../helpers/pgvector';
import { createLookalikes, fileIds, names, searchable, similar, similarityOf, vectorSeqs } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

describe('Strapi with its vector index in PostgreSQL', { skip: pgvectorMissing() ?? false }, () => {
  let server: DatabaseServer;
  let shop: Playground;
  let files: Record<string, UploadedFile>;
  let ids: Record<string, string>;

  async function startShop(folder?: string): Promise<void> {
    const env = databaseEnv('postgres', server);
    shop = await startPlayground({ config: { index: { provider: 'pgvector' } }, env, folder });
  }

  before(async () => {
    server = await startPgvector();
    await startShop();
  });
  after(async () => {
    await shop?.stop();
    await server?.stop();
  });

  const shown = async (of: string, query = '') => names(await similar(shop, ids[of], query));

  test('uploads become searchable', async () => {
    ({ files, ids } = await createLookalikes(shop));
    assert.equal(fileIds(await similar(shop, files.red.id))[0], files.crimson.id);
    assert.deepEqual(await shown('red'), ['crimson', 'blue']);
    const { index, indexed } = await similarityOf(shop).progress();
    assert.deepEqual([index.kind, index.state, indexed], ['pgvector', 'ready', 3]);
  });

  test('a filter holds', async () => {
    assert.deepEqual(await shown('red', 'filters[name][$eq]=blue'), ['blue']);
  });

  test('a restart embeds nothing anew and finds the same', async () => {
    const [seqs, found] = [await vectorSeqs(shop), await shown('red')];
    await shop.stop({ keep: true });
    await startShop(shop.folder);
    await searchable(shop, Object.values(files));
    assert.deepEqual(await shown('red'), found);
    assert.deepEqual(await vectorSeqs(shop), seqs);
  });

  test('a deleted picture is not found', async () => {
    assert.equal((await shop.admin('DELETE', `/upload/files/${files.crimson.id}`)).status, 200);
    await until('it is not found', async () => !(await shown('red')).includes('crimson'));
    await until('it has left the index', async () => (await similarityOf(shop).progress()).indexed === 2);
  });
});

test('on SQLite, pgvector ends the boot, with the key and a remedy', async () => {
  const started = startPlayground({ config: { index: { provider: 'pgvector' } } });
  await assert.rejects(started, /index\.provider.*pgvector.*PostgreSQL.*usearch/);
});
