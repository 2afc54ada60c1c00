import { after, before, describe } from 'node:test';
import { createVectorIndexes } from '../../plugin/vector-index/providers';
import { INDEX_CONFIG } from '../helpers/index-under-test';
import { startWeaviate, type WeaviateServer, weaviateMissing } from '../helpers/weaviate';
import { awaySuite } from './away.suite';

describe('Weaviate', { skip: weaviateMissing() ?? false }, () => {
  let server: WeaviateServer;

  before(async () => {
    server = await startWeaviate();
  });
  after(async () => {
    await server?.stop();
  });

  awaySuite('Weaviate', () => {
    const [node] = server.nodes;
    return {
      indexes(prefix, logger, change) {
        const weaviate = { ...INDEX_CONFIG.weaviate, url: node.url, grpcUrl: node.grpcUrl, prefix };
        const config = { ...INDEX_CONFIG, ...change, provider: 'weaviate' as const, weaviate };
        return createVectorIndexes({ config, stateDir: '', logger });
      },
      halt: () => node.kill(),
      freeze: async () => node.freeze(),
      start: async () => {
        node.thaw();
        if (!(await node.isReady())) await node.start();
      },
    };
  });
});
