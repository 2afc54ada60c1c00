import { after, before, describe } from 'node:test';
import { createWeaviateIndex } from '../../plugin/vector-index/weaviate';
import { createTestLogger, INDEX_CONFIG } from '../helpers/index-under-test';
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
});
