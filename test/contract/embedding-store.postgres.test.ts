import { createKnexBlobs } from '../../plugin/store/blobs';
import { createKnexStore } from '../../plugin/store/knex';
import { postgresMissing } from '../helpers/postgres';
import { onPostgres } from '../helpers/two-nodes';
import { testEmbeddingStore } from './embedding-store.suite';

const open = onPostgres();

testEmbeddingStore(
  'PostgreSQL',
  async () => {
    const { one, two, close } = await open();
    const store = createKnexStore(one);
    await store.open();
    return { store, other: createKnexStore(two), blobs: createKnexBlobs(one), close };
  },
  postgresMissing() ?? false,
);
