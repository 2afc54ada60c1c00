import { after, before } from 'node:test';
import { createRemoteEmbedder } from '../../plugin/embedder/remote/remote-embedder';
import { spaceOf } from '../../plugin/models/space';
import { type EmbedderService, startEmbedderService } from '../helpers/embedder-service';
import { embedderSuite } from './embedder.suite';

const TOKEN = 'a-token-of-the-tests';
let service: EmbedderService;
before(async () => {
  service = await startEmbedderService(['--batch-size', '4'], { SIMILAR_EMBEDDER_TOKEN: TOKEN });
});
after(() => service?.end());

embedderSuite('remote', (model) =>
  createRemoteEmbedder({
    space: spaceOf(model),
    machines: [{ url: service.url, token: TOKEN }],
    maxBytes: 10_000_000,
    local: 'never',
    openLocal: () => Promise.reject(new Error('not here')),
    localCapacity: 16,
  }),
);
