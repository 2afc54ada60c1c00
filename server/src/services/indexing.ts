import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type {
  EmbeddingStore,
  FailureCounts,
  FileId,
  ItemStatus,
  MediaSource,
  Records,
  StoreCounts,
} from '../../../plugin/ports';
import { createSimilarity, type Similarity } from '../../../plugin/similarity';
import { createKnexBlobs } from '../../../plugin/store/blobs';
import { createKnexStore } from '../../../plugin/store/knex';
import { createKnexRecords } from '../../../plugin/store/records';
import { readConfig, stateDirOf } from '../config';
import { logOf } from '../util/log';

/** Bulk changes come in bursts: one sweep after the burst. */
const SWEEP_DELAY_MS = 1_000;

export interface IndexingDeps {
  strapi: Core.Strapi;
  media: MediaSource;
  onRemoved: (fileIds: readonly FileId[]) => void;
}

/** Owns the one `Similarity` of this Strapi process: the queue, the embedder, the index. */
export function createIndexing({ strapi, media, onRemoved }: IndexingDeps) {
  let store: EmbeddingStore | undefined;
  let similarity: Similarity | undefined;
  let opening: Promise<void> | undefined;
  let sweepTimer: NodeJS.Timeout | undefined;
  /** Whether this process answers requests. Others embed nothing, and look at nothing but what a search of theirs needs. */
  let serving = false;
  let stopped = false;
  let starting: Promise<void> | undefined;
  const logger = logOf(strapi);
  const theRecords = createKnexRecords(strapi.db.connection);

  function theStore(): EmbeddingStore {
    store ??= createKnexStore(strapi.db.connection);
    return store;
  }

  function create(): Similarity {
    const known = readConfig(strapi);
    const config = serving ? known : { ...known, indexing: false };
    return createSimilarity({
      config,
      media,
      store: theStore(),
      records: theRecords,
      blobs: createKnexBlobs(strapi.db.connection),
      database: strapi.db.connection,
      stateDir: stateDirOf(strapi, config),
      logger,
      onRemoved,
    });
  }

  /** After `stop` still the one that was stopped, so that what is uploaded meanwhile gets into the queue; never a new one. */
  function own(): Similarity {
    if (!similarity && stopped) throw new SimilarError('INDEX_UNAVAILABLE', 'Strapi is shutting down');
    similarity ??= create();
    return similarity;
  }

  /** Where nothing serves, whoever asks for it wants to search. */
  function core(): Similarity {
    if (!serving && !stopped) starting ??= started();
    return own();
  }

  async function started(): Promise<void> {
    if (stopped) return;
    try {
      const instance = own();
      await instance.start();
      // Now and not while somebody waits for the first answer, which would say what goes wrong.
      if (serving) instance.search.scoreScale().catch(() => {});
    } catch (error) {
      logger.error(`Indexing could not start: ${(error as Error).message}`);
    }
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

    /** Starts nothing. @throws SimilarError when the configuration names what there is not: the boot ends with it. */
    check: (): void => void own(),

    /** This process answers requests. Returns at once: boot does not wait for models, index or sweep. */
    start(): void {
      const early = similarity;
      serving = true;
      similarity = undefined;
      starting = Promise.resolve(early?.stop()).then(started);
    },

    /** Resolves when it is known what answers searches. */
    async searchable(): Promise<void> {
      core();
      await starting;
    },

    async stop(): Promise<void> {
      stopped = true;
      serving = false;
      clearTimeout(sweepTimer);
      // This ends a start that goes on.
      await similarity?.stop();
      await starting;
    },

    /** Pictures of the live space by their state. Starts nothing: no index is opened for it. */
    async counts(): Promise<StoreCounts> {
      await own().opened();
      return theStore().counts(own().space.id);
    },

    /** Pictures of the live space that failed, by code. */
    async failures(): Promise<FailureCounts> {
      await own().opened();
      return own().failures();
    },

    enqueue: async (fileIds: FileId[]): Promise<void> => own().enqueue(fileIds),
    /** Pictures that failed or were refused, by ascending id; those whose bytes could not be seen may have a vector. */
    async failed(afterId: FileId, limit: number, code?: string): Promise<ItemStatus[]> {
      const { id } = own().space;
      const states = ['failed', 'unsupported'] as const;
      const lists = await Promise.all(states.map((state) => theStore().list(id, afterId, limit, state, code)));
      return lists
        .flat()
        .sort((a, b) => a.fileId - b.fileId)
        .slice(0, limit);
    },

    forget: async (fileIds: FileId[]): Promise<void> => own().forget(fileIds),

    sweepSoon(): void {
      if (!serving) return;
      clearTimeout(sweepTimer);
      sweepTimer = setTimeout(() => {
        own()
          .sweep()
          .catch((error: Error) => logger.warn(`Sweep failed: ${error.message}`));
      }, SWEEP_DELAY_MS).unref();
    },
  };
}

export type Indexing = ReturnType<typeof createIndexing>;
