import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Health } from '../../plugin/contracts/health';
import { createLookalikes, fileIds, names, searchable, similar, similarityOf, vectorSeqs } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';
import { startWeaviate, type WeaviateServer, weaviateMissing } from '../helpers/weaviate';

describe('Strapi with its vector index in Weaviate', { skip: weaviateMissing() ?? false }, () => {
  let server: WeaviateServer;
  let shop: Playground;
  let files: Record<string, UploadedFile>;
  let ids: Record<string, string>;

  async function startShop(folder?: string): Promise<void> {
    const { url, grpcUrl } = server.nodes[0];
    shop = await startPlayground({ config: { index: { provider: 'weaviate', weaviate: { url, grpcUrl } } }, folder });
  }

  before(async () => {
    server = await startWeaviate();
    await startShop();
  });
  after(async () => {
    await shop?.stop();
    await server?.stop();
  });

  const shown = async (of: string, query = '') => names(await similar(shop, ids[of], query));
  const health = (): Promise<Health> => shop.strapi.plugin('similar').service('health').get();

  test('uploads become searchable', async () => {
    ({ files, ids } = await createLookalikes(shop));
    assert.equal(fileIds(await similar(shop, files.red.id))[0], files.crimson.id);
    assert.deepEqual(await shown('red'), ['crimson', 'blue']);
    const { status, index } = await health();
    assert.deepEqual([status, index], ['ok', { kind: 'weaviate', mode: 'graph', state: 'ready', vectors: 3 }]);
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

  test('while Weaviate is away, searches are answered, and the health report says how', async () => {
    const found = await shown('red');
    await server.nodes[0].kill();
    assert.deepEqual(await shown('red'), found);
    assert.deepEqual(await shown('red', 'filters[name][$eq]=blue'), ['blue']);
    const { ready, status, index, problems } = await health();
    assert.deepEqual([ready, status, index.mode], [true, 'degraded', 'fallback']);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['WEAVIATE_UNAVAILABLE'],
    );
    await server.nodes[0].start();
    await until('Weaviate answers', async () => (await health()).status === 'ok');
    assert.equal((await health()).index.mode, 'graph');
    assert.deepEqual(await shown('red'), found);
  });

  test('a deleted picture is not found', async () => {
    assert.equal((await shop.admin('DELETE', `/upload/files/${files.crimson.id}`)).status, 200);
    await until('it is not found', async () => !(await shown('red')).includes('crimson'));
    await until('it has left the index', async () => (await similarityOf(shop).progress()).indexed === 2);
  });
});

test('without an address, the boot ends, with the key and a remedy', async () => {
  const started = startPlayground({ config: { index: { provider: 'weaviate' } } });
  await assert.rejects(started, /index\.provider.*weaviate.*index\.weaviate\.url.*usearch/);
});
