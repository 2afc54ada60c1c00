import { createKnexBlobs } from '../../plugin/store/blobs';
import { createKnexStore } from '../../plugin/store/knex';
import { EMBEDDINGS } from '../../plugin/store/schema';
import { DATABASES } from '../helpers/two-nodes';
import { testEmbeddingStore } from './embedding-store.suite';

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  const openNodes = open();
  const openStores = async () => {
    const { one, two, close } = await openNodes();
    const store = createKnexStore(one);
    await store.open();
    const waited = async (ms: number) => {
      const earlier = { not_before: one.raw('?? - ?', ['not_before', ms]) };
      await one(EMBEDDINGS).where('not_before', '>', 0).update(earlier);
    };
    return { store, other: createKnexStore(two), blobs: createKnexBlobs(one), waited, close };
  };
  testEmbeddingStore(name, openStores, skip);
}
