import { createKnexBlobs } from '../../plugin/store/blobs';
import { createKnexStore } from '../../plugin/store/knex';
import { DATABASES } from '../helpers/two-nodes';
import { testEmbeddingStore } from './embedding-store.suite';

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  const openNodes = open();
  const openStores = async () => {
    const { one, two, close } = await openNodes();
    const store = createKnexStore(one);
    await store.open();
    return { store, other: createKnexStore(two), blobs: createKnexBlobs(one), close };
  };
  testEmbeddingStore(name, openStores, skip);
}
