import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type { EmbeddingStore, FileId, ItemStatus, Logger, Records } from '../../../plugin/pipeline/ports';
import { createSimilarity, type Similarity } from '../../../plugin/similarity';
import { createKnexBlobs } from '../../../plugin/store/blobs';
import { createKnexStore } from '../../../plugin/store/knex';
import { createKnexRecords } from '../../../plugin/store/records';
import { readConfig, stateDirOf } from '../config';
import { getService } from '../util/get-service';

/** Bulk changes come in bursts: one sweep after the burst. */
const SWEEP_DELAY_MS = 1_000;

const prefixed = (log: Core.Strapi['log']): Logger => ({
  info: (message) => log.info(`[similar] ${message}`),
  warn: (message) => log.warn(`[similar] ${message}`),
  error: (message) => log.error(`[similar] ${message}`),
  debug: (message) => log.debug(`[similar] ${message}`),
});

/** Owns the one `Similarity` of this Strapi process: the queue, the embedder, the index. */
const indexingService = ({ strapi }: { strapi: Core.Strapi }) => {
  let store: EmbeddingStore | undefined;
  let similarity: Similarity | undefined;
  let opening: Promise<void> | undefined;
  let sweepTimer: NodeJS.Timeout | undefined;
  let stopped = false;
  const logger = prefixed(strapi.log);
  const theRecords = createKnexRecords(strapi.db.connection);

  function theStore(): EmbeddingStore {
    store ??= createKnexStore(strapi.db.connection);
    return store;
  }

  function create(): Similarity {
    const config = readConfig(strapi);
    return createSimilarity({
      config,
      media: getService(strapi, 'media-source'),
      store: theStore(),
      records: theRecords,
      blobs: createKnexBlobs(strapi.db.connection),
      stateDir: stateDirOf(strapi, config),
      logger,
      onRemoved(fileIds) {
        getService(strapi, 'asked').forget();
        getService(strapi, 'changed').noteRemoved(fileIds);
      },
    });
  }

  /** After `stop` still the one that was stopped, so that what is uploaded meanwhile gets into the queue; never a new one. */
  function core(): Similarity {
    if (!similarity && stopped) throw new SimilarError('INDEX_UNAVAILABLE', 'Strapi is shutting down');
    similarity ??= create();
    return similarity;
  }

  return {
    core,

    /** Small documents beside the queue; their table is there when this resolves. */
    async records(): Promise<Records> {
      opening ??= theStore()
        .open()
        .catch((error) => {
          opening = undefined;
          throw error;
        });
      await opening;
      return theRecords;
    },

    /** Returns at once: boot does not wait for models, index or sweep. */
    start(): void {
      const starting = core();
      starting.start().then(
        // Now and not while somebody waits for the first answer, which would say what goes wrong.
        () => starting.search.calibration().catch(() => {}),
        (error: Error) => logger.error(`Indexing could not start: ${error.message}`),
      );
    },

    async stop(): Promise<void> {
      clearTimeout(sweepTimer);
      stopped = true;
      await similarity?.stop();
    },

    enqueue: async (fileIds: FileId[]): Promise<void> => core().enqueue(fileIds),
    /** Pictures that ended without a vector, by ascending id. */
    async failed(afterId: FileId, limit: number): Promise<ItemStatus[]> {
      const { id } = core().space;
      const states = ['failed', 'unsupported'] as const;
      const lists = await Promise.all(states.map((state) => theStore().list(id, afterId, limit, state)));
      return lists
        .flat()
        .sort((a, b) => a.fileId - b.fileId)
        .slice(0, limit);
    },

    forget: async (fileIds: FileId[]): Promise<void> => core().forget(fileIds),

    sweepSoon(): void {
      clearTimeout(sweepTimer);
      if (stopped) return;
      sweepTimer = setTimeout(() => {
        core()
          .sweep()
          .catch((error: Error) => logger.warn(`Sweep failed: ${error.message}`));
      }, SWEEP_DELAY_MS).unref();
    },
  };
};

export default indexingService;
