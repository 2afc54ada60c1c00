import knexOf, { type Knex } from 'knex';
import { configSchema, type SimilarConfigInput } from '../../plugin/contracts/config';
import type { MediaSource } from '../../plugin/ports';
import { createSimilarity, type Similarity } from '../../plugin/similarity';
import { createKnexBlobs } from '../../plugin/store/blobs';
import { createKnexStore } from '../../plugin/store/knex';
import { createKnexRecords } from '../../plugin/store/records';
import { createTestLogger } from './index-under-test';

export interface SimilarityUnderTest {
  similarity: Similarity;
  knex: Knex;
  logger: ReturnType<typeof createTestLogger>;
  end(): Promise<void>;
}

/** The whole core on an SQLite database, with real processes and the bundled model. */
export function similarityUnderTest(options: {
  media: MediaSource;
  stateDir: string;
  config?: SimilarConfigInput;
  filename?: string;
}): SimilarityUnderTest {
  const { media, stateDir, config, filename = ':memory:' } = options;
  const logger = createTestLogger();
  const knex = knexOf({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
  const similarity = createSimilarity({
    config: configSchema.parse({ model: 'efficientnet-lite0', index: { saveAfterMs: 0 }, ...config }),
    ...{ media, stateDir, logger },
    store: createKnexStore(knex),
    records: createKnexRecords(knex),
    blobs: createKnexBlobs(knex),
  });
  return {
    ...{ similarity, knex, logger },
    async end() {
      await similarity.stop();
      await knex.destroy();
    },
  };
}
