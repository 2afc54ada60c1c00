import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPlayground } from '../helpers/strapi';
import { until } from '../helpers/until';
import { startWeaviate, weaviateMissing } from '../helpers/weaviate';
import { sharedIndexSuite } from './shared-index.suite';

sharedIndexSuite('Strapi with its vector index in Weaviate', {
  kind: 'weaviate',
  skip: weaviateMissing() ?? false,
  startServer: () => startWeaviate(),
  settings({ nodes: [{ url, grpcUrl }] }) {
    return { config: { index: { provider: 'weaviate', weaviate: { url, grpcUrl } } } };
  },
  more({ server, health, shown }) {
    test('while Weaviate is away, searches are answered, and the health report says how', async () => {
      const found = await shown('red');
      await server().nodes[0].kill();
      assert.deepEqual(await shown('red'), found);
      assert.deepEqual(await shown('red', 'filters[name][$eq]=blue'), ['blue']);
      const { ready, status, index, problems } = await health();
      assert.deepEqual([ready, status, index.mode], [true, 'degraded', 'fallback']);
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['WEAVIATE_UNAVAILABLE'],
      );
      await server().nodes[0].start();
      await until('Weaviate answers', async () => (await health()).status === 'ok');
      assert.equal((await health()).index.mode, 'graph');
      assert.deepEqual(await shown('red'), found);
    });
  },
});

test('without an address, the boot ends, with the key and a remedy', async () => {
  const started = startPlayground({ config: { index: { provider: 'weaviate' } } });
  await assert.rejects(started, /index\.provider.*weaviate.*index\.weaviate\.url.*usearch/);
});
