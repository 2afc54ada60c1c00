import { createKnexBlobs } from '../../plugin/store/blobs';
import { createKnexStore } from '../../plugin/store/knex';
import { onSqlite } from '../helpers/two-nodes';
import { testEmbeddingStore } from './embedding-store.suite';

testEmbeddingStore('SQLite', async () => {
  const { one, two, close } = await onSqlite();
  const store = createKnexStore(one);
  await store.open();
  return { store, other: createKnexStore(two), blobs: createKnexBlobs(one), close };
});
