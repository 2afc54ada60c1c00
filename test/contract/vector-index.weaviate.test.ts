import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createExactIndex } from '../../plugin/vector-index/exact';
import { createWeaviateIndex } from '../../plugin/vector-index/weaviate';
import { MOST_RESULTS } from '../../plugin/vector-index/weaviate-objects';
import { createTestLogger, INDEX_CONFIG } from '../helpers/index-under-test';
import { createRandom, stored } from '../helpers/vectors';
import { startWeaviate, type WeaviateServer, weaviateMissing } from '../helpers/weaviate';
import { type IndexUnderTest, vectorIndexSuite } from './vector-index.suite';

describe('Weaviate', { skip: weaviateMissing() ?? false }, () => {
  let server: WeaviateServer;
  let count = 0;

  before(async () => {
    server = await startWeaviate();
  });
  after(async () => {
    await server?.stop();
  });

  /** Each test has collections of its own. */
  function underTest(): IndexUnderTest {
    const { url, grpcUrl } = server.nodes[0];
    const weaviate = { ...INDEX_CONFIG.weaviate, url, grpcUrl, prefix: `Test${++count}` };
    const create = () => createWeaviateIndex({ config: { ...INDEX_CONFIG, weaviate }, logger: createTestLogger() });
    let current = create();
    return {
      index: current,
      async reopen() {
        await current.close();
        current = create();
        return current;
      },
      dispose: () => current.close(),
    };
  }

  vectorIndexSuite('Weaviate', underTest, { persistent: true });

  it('answers with as many as were asked for, also where that is more than the server gives at once', async () => {
    const { index, dispose } = underTest();
    const random = createRandom(3);
    const items = Array.from({ length: MOST_RESULTS + 50 }, (_, i) =>
      stored(
        i + 1,
        i + 1,
        Float32Array.from({ length: 4 }, () => random() - 0.5),
      ),
    );
    const exact = createExactIndex();
    const space = { id: 'many@1/lanczos', model: 'many', dims: 4 };
    try {
      for (const one of [index, exact]) {
        await one.open(space);
        await one.put(items);
      }
      assert.equal((await index.keys()).length, items.length);
      const query = Float32Array.from([1, 0, 0, 0]);
      for (const k of [MOST_RESULTS, MOST_RESULTS + 1, 2 * MOST_RESULTS]) {
        const among = items.map(({ fileId }) => fileId);
        for (const options of [{}, { among }]) {
          const found = await index.search(query, k, options);
          assert.equal(found.length, Math.min(k, items.length), `${k} of ${items.length}`);
          assert.equal(new Set(found.map(({ fileId }) => fileId)).size, found.length, 'each once');
          const wanted = await exact.search(query, k);
          for (const [i, { similarity }] of found.entries()) {
            assert.ok(Math.abs(similarity - wanted[i].similarity) < 1e-4, `place ${i} of ${k}`);
          }
        }
      }
    } finally {
      await dispose();
    }
  });
});
