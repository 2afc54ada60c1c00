import path from 'node:path';
import knexOf from 'knex';
import { configSchema } from '../../plugin/contracts/config';
import { configuredSpace } from '../../plugin/spaces/model-space';
import { createKnexStore } from '../../plugin/store/knex';
import { clusteredVectors } from './clustered';

/** Pictures of one transaction. */
const CHUNK = 500;
const PER_CLUSTER = 30;

/** Gives the pictures 1 to `count` vectors of the bundled model's space in the database of `startCore`, without a picture. */
export async function fillStore(folder: string, count: number): Promise<void> {
  const connection = { filename: path.join(folder, 'data.db') };
  const knex = knexOf({ client: 'better-sqlite3', connection, useNullAsDefault: true });
  const { space } = configuredSpace(configSchema.parse({ model: 'efficientnet-lite0' }));
  const next = clusteredVectors(space.dims, Math.ceil(count / PER_CLUSTER));
  try {
    const store = createKnexStore(knex);
    await store.open();
    for (let done = 0; done < count; done += CHUNK) {
      const ids = Array.from({ length: Math.min(CHUNK, count - done) }, (_, i) => done + 1 + i);
      await store.enqueue(space.id, ids);
      const claims = await store.claim(space.id, CHUNK, 60_000);
      // The stamp is that of folderMedia: the sweep finds nothing to do.
      await store.complete(
        claims.map((claim) => ({ claim, digest: String(claim.fileId), stamp: '1', vector: next() })),
      );
    }
  } finally {
    await knex.destroy();
  }
}
