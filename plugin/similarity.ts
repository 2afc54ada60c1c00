import type { Knex } from 'knex';
import type { Comparison } from './compare/comparison';
import type { SimilarConfig } from './contracts/config';
import type { Progress } from './contracts/progress';
import { remove } from './files/remove';
import { makeStateFolder } from './files/state-folder';
import type { PictureMap } from './map/picture-map';
import type { SweepOptions, SweepResult } from './pipeline/sweep';
import { unlessAborted } from './pipeline/unless-aborted';
import type {
  Blobs,
  CountOptions,
  EmbeddingStore,
  FailureCounts,
  FileId,
  ItemStatus,
  Logger,
  MediaSource,
  Records,
  Space,
} from './ports';
import type { Duplicates } from './search/duplicates';
import type { Explainer } from './search/explainer';
import type { PictureColours } from './search/picture-colours';
import type { SpaceSearch } from './search/space-search';
import { bundledSpace, chosenSpace, configuredSpace, fp32Space } from './spaces/model-space';
import { createSpaceComparison } from './spaces/space-comparison';
import { createSpaceManager } from './spaces/space-manager';
import { createSpaceRunner, mapFile } from './spaces/space-runner';
import { startUntilItCan } from './start-again';
import { createVectorIndexes } from './vector-index/providers';

export interface SimilarityOptions {
  config: SimilarConfig;
  media: MediaSource;
  store: EmbeddingStore;
  records: Records;
  blobs: Blobs;
  /** Folder for the index files; made if it is not there. Where it cannot be, the index is kept in memory. */
  stateDir: string;
  /** What `store` is in. Only an index that lives in the database needs it (`index.provider`). */
  database?: Knex;
  logger: Logger;
  /** Pictures lost their vectors. */
  onRemoved?(fileIds: readonly FileId[]): void;
}

export interface Similarity {
  /** The live space, as the model makes it; `search.space` may be one that was refined from it. */
  readonly space: Space;
  /**
   * Returns when the store is open, for which it waits, or after `stop`; models, index and sweep continue in the background.
   * @throws SimilarError `STORE_UNSUPPORTED`
   */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the tables are there. */
  opened(): Promise<void>;
  /** Pictures are new or have new bytes. */
  enqueue(fileIds: readonly FileId[]): Promise<void>;
  /** Pictures are gone. */
  forget(fileIds: readonly FileId[]): Promise<void>;
  /** Searches in the live space; take it once per request. */
  readonly search: SpaceSearch;
  /** Nearly equal pictures of the live space. */
  readonly duplicates: Duplicates;
  /** Which pictures of the live space have which colours. */
  readonly colours: PictureColours;
  /** Why pictures are alike, in the live space. */
  readonly explainer: Explainer;
  /** The library in two dimensions, in the live space. */
  readonly map: PictureMap;
  /** Another model beside the live one, on a sample of the library. */
  readonly comparison: Comparison;
  /** `OpenedMedia.digest` of what the vectors were made from. */
  digests(fileIds: readonly FileId[]): Promise<Map<FileId, string>>;
  itemStatus(fileIds: readonly FileId[]): Promise<ItemStatus[]>;
  /** This node has seen every picture of the library processed, and the index holds the vectors. */
  complete(): Promise<boolean>;
  /** Pictures of the live space by when their vector was stored. @param afterSeq sequence number of the last known one. */
  storedSince(afterSeq: number, limit: number): Promise<Array<{ fileId: FileId; seq: number }>>;
  /** Of the vector of the live space that was stored last. */
  lastSeq(): Promise<number>;
  /** @param options `maxAgeMs`: for whoever asks again and again. */
  progress(options?: CountOptions): Promise<Progress>;
  /** Failed and unsupported pictures of the live space, by code. */
  failures(options?: CountOptions): Promise<FailureCounts>;
  /** Failed and unsupported pictures (all, or these) are tried again. Returns how many. */
  retry(only?: readonly FileId[] | string): Promise<number>;
  /** @throws SimilarError `LIBRARY_UNSEEN` */
  sweep(options?: Pick<SweepOptions, 'acceptMissing'>): Promise<SweepResult>;
  /** Throws the index away and builds it from the stored vectors. */
  rebuild(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Stops building the next space. @throws SimilarError `NOT_SWITCHING` */
  cancelSwitch(): Promise<void>;
  /** Makes the earlier space live again. @throws SimilarError `NOT_SWITCHING` */
  rollBack(): Promise<void>;
  /** Builds the configured space although it was cancelled or rolled back, or another model was chosen. */
  buildConfigured(): Promise<void>;
  /**
   * Builds the space of this model beside the live one, which it replaces when it is complete. Holds, also over restarts, until the
   * configuration of the model changes.
   * @throws SimilarError `UNKNOWN_MODEL`
   */
  chooseModel(model: string): Promise<void>;
}

/** Quiet time before embedding starts, so that uploads are answered first. The worker checks the queue every two seconds anyway. */
const WAKE_AFTER_MS = 100;

/**
 * The whole core: queue, embedder, store, index and search, for a media library and a database of your own (the ports of ports.ts).
 * Nothing is embedded before `start()`.
 * @example
 * async function run(options: SimilarityOptions, fileId: FileId) {
 *   const similarity = createSimilarity(options);
 *   await similarity.start();
 *   await similarity.enqueue([fileId]);
 *   const { ready, pending } = await similarity.progress();
 *   await similarity.stop();
 * }
 */
export function createSimilarity(options: SimilarityOptions): Similarity {
  const { config, store, records, blobs, stateDir, logger, database } = options;
  const indexes = createVectorIndexes({ config: config.index, stateDir, logger, database });
  let paused = false;
  const wanted = configuredSpace(config);
  const spaces = createSpaceManager({
    wanted,
    fallback: bundledSpace(config),
    fp32: wanted.recipe.precision && fp32Space(wanted, config),
    store,
    records,
    indexing: config.indexing,
    logger,
    createSpaceRunner(named) {
      const runner = createSpaceRunner(named, { ...options, indexes });
      if (paused) runner.pause();
      return runner;
    },
    async removeFiles(space) {
      await indexes.remove(space);
      await remove(mapFile(stateDir, space));
      await blobs.remove(space);
    },
  });
  let opening: Promise<void> | undefined;
  let starting: Promise<void> | undefined;
  const stopping = new AbortController();
  let waking: NodeJS.Timeout | undefined;

  const runners = () => [spaces.live, ...(spaces.next ? [spaces.next] : [])];
  const comparison = createSpaceComparison({ ...options, opened, live: () => spaces.live, runners });

  /** Requests and hooks may come before `start` has returned. */
  function opened(): Promise<void> {
    opening ??= store
      .open()
      // What a process queues that is not started belongs to the spaces of those that are.
      .then(() => spaces.recall())
      .catch((error) => {
        opening = undefined;
        throw error;
      });
    return opening;
  }

  async function start(): Promise<void> {
    // Nobody waits for a database at the end.
    await unlessAborted(opened, stopping.signal);
    // Where there can be none, the index is kept in memory, and its process says so.
    await makeStateFolder(stateDir).catch(() => {});
    await spaces.start();
    comparison.start();
  }

  return {
    get space() {
      return spaces.live.space;
    },

    start() {
      starting ??= startUntilItCan(start, stopping.signal, logger);
      return starting;
    },

    opened,

    async stop() {
      clearTimeout(waking);
      stopping.abort();
      // What it starts at this moment is stopped as well.
      await starting?.catch(() => {});
      await comparison.stop();
      await spaces.stop();
    },

    async enqueue(fileIds) {
      await opened();
      for (const runner of runners()) await store.enqueue(runner.space.id, fileIds, { fresh: true });
      clearTimeout(waking);
      waking = setTimeout(() => {
        for (const runner of runners()) runner.wake();
      }, WAKE_AFTER_MS).unref();
    },

    async forget(fileIds) {
      await opened();
      await store.forget(fileIds);
      for (const runner of runners()) runner.removed([...fileIds]);
    },

    get search() {
      return spaces.live.search;
    },

    get duplicates() {
      return spaces.live.duplicates;
    },

    get colours() {
      return spaces.live.colours;
    },

    get explainer() {
      return spaces.live.explainer;
    },

    get map() {
      return spaces.live.map;
    },

    comparison,

    digests: (fileIds) => store.digests(spaces.live.space.id, fileIds),

    async itemStatus(fileIds) {
      await opened();
      return store.status(spaces.live.space.id, fileIds);
    },

    async complete() {
      await opened();
      return spaces.live.complete();
    },

    async storedSince(afterSeq, limit) {
      await opened();
      const stored = await store.vectorsSince(spaces.live.space.id, afterSeq, limit);
      return stored.map(({ fileId, seq }) => ({ fileId, seq }));
    },

    async lastSeq() {
      await opened();
      return store.lastSeq(spaces.live.space.id);
    },

    async progress(options) {
      await opened();
      const { live, next, previous, declined, declinedBecause, chosen } = spaces;
      const [now, coming] = await Promise.all([live.progress(options), next?.progress(options)]);
      return {
        ...now,
        paused,
        ...(coming && { next: coming }),
        ...(previous && { previous: { space: previous.space.id, model: previous.space.model } }),
        ...(declined && { declined }),
        ...(declinedBecause && { declinedBecause }),
        ...(chosen && { chosenOver: config.model }),
      };
    },

    async failures(options) {
      await opened();
      return store.failures(spaces.live.space.id, options);
    },

    async retry(only) {
      await opened();
      let count = 0;
      for (const runner of runners()) {
        const retried = await store.retry(runner.space.id, only);
        if (runner === spaces.live) count = retried;
        runner.wake();
      }
      return count;
    },

    async sweep(options) {
      const [result] = await Promise.all(runners().map((runner) => runner.sweep(options)));
      return result;
    },

    rebuild: () => spaces.live.rebuild(),

    pause() {
      paused = true;
      comparison.pause();
      for (const runner of runners()) runner.pause();
    },

    resume() {
      paused = false;
      comparison.resume();
      for (const runner of runners()) runner.resume();
    },

    cancelSwitch: () => spaces.cancel(),
    rollBack: () => spaces.rollBack(),
    buildConfigured: () => spaces.build(),
    chooseModel: async (model) => spaces.choose(model === config.model ? wanted : chosenSpace(model, config)),
  };
}
