import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import knexOf from 'knex';
import { configSchema, type SimilarConfigInput } from '../../plugin/contracts/config';
import type { MediaSource } from '../../plugin/ports';
import { createSimilarity, type Similarity } from '../../plugin/similarity';
import { createKnexBlobs } from '../../plugin/store/blobs';
import { createKnexStore } from '../../plugin/store/knex';
import { createKnexRecords } from '../../plugin/store/records';

const silent = { info() {}, warn: console.warn, error: console.error, debug() {} };

/**
 * The whole core without Strapi, on an SQLite file and an index folder of its own.
 * @param folder where they are; without one they are deleted at the end.
 */
export async function startCore(
  media: MediaSource,
  config: SimilarConfigInput = {},
  folder?: string,
): Promise<{ core: Similarity; close(): Promise<void> }> {
  const dir = folder ?? mkdtempSync(path.join(os.tmpdir(), 'similar-bench-'));
  const filename = path.join(dir, 'data.db');
  const knex = knexOf({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
  // SQLite's page cache grows to 16 MB with the table by default; it would look like a leak.
  await knex.raw('pragma cache_size = -2000');
  const core = createSimilarity({
    config: configSchema.parse({ model: 'efficientnet-lite0', ...config }),
    media,
    store: createKnexStore(knex),
    records: createKnexRecords(knex),
    blobs: createKnexBlobs(knex),
    stateDir: path.join(dir, 'index'),
    logger: silent,
  });
  await core.start();
  return {
    core,
    async close() {
      await core.stop();
      await knex.destroy();
      if (!folder) rmSync(dir, { recursive: true, force: true });
    },
  };
}
