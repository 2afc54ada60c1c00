import { mkdir } from 'node:fs/promises';
import type { SimilarConfig } from './contracts/config';
import type { Progress } from './contracts/progress';
import { removeIndexFiles } from './index/folder';
import type { Duplicates } from './pipeline/duplicates';
import type { Explainer } from './pipeline/explainer';
import type { EmbeddingStore, FileId, ItemStatus, Logger, MediaSource, Records, Space } from './pipeline/ports';
import type { SpaceSearch } from './pipeline/space-search';
import type { SweepResult } from './pipeline/sweep';
import { createLane } from './spaces/lane';
import { bundledSpace, configuredSpace, fp32Space } from './spaces/named-space';
import { createSwitchboard } from './spaces/switchboard';

export interface SimilarityOptions {
  config: SimilarConfig;
  media: MediaSource;
  store: EmbeddingStore;
  records: Records;
  /** Folder for the index files; made if it is not there. */
  stateDir: string;
  logger: Logger;
}

export interface Similarity {
  /** The live space. */
  readonly space: Space;
  /** Returns when the store is open; models, index and sweep go on in the background. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Pictures are new or have new bytes. */
  enqueue(fileIds: readonly FileId[]): Promise<void>;
  /** Pictures are gone. */
  forget(fileIds: readonly FileId[]): Promise<void>;
  /** Searches in the live space; take it once per request. */
  readonly search: SpaceSearch;
  /** Nearly equal pictures of the live space. */
  readonly duplicates: Duplicates;
  /** Why pictures are alike, in the live space. */
  readonly explainer: Explainer;
  /** SHA-256 of the bytes that the vectors were made from. */
  digests(fileIds: readonly FileId[]): Promise<Map<FileId, string>>;
  itemStatus(fileIds: readonly FileId[]): Promise<ItemStatus[]>;
  progress(): Promise<Progress>;
  /** Failed and unsupported pictures (all, or these) are tried again. Returns how many. */
  retry(fileIds?: readonly FileId[]): Promise<number>;
  sweep(): Promise<SweepResult>;
  /** Throws the index away and builds it from the stored vectors. */
  rebuild(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Stops building the next space. @throws SimilarError `NOT_SWITCHING` */
  cancelSwitch(): Promise<void>;
  /** Makes the earlier space live again. @throws SimilarError `NOT_SWITCHING` */
  rollBack(): Promise<void>;
  /** Builds the configured space although it was cancelled or rolled back. */
  buildConfigured(): Promise<void>;
}

/** Quiet time before embedding starts, so that uploads are answered first. The pump looks at the queue by itself every two seconds. */
const WAKE_AFTER_MS = 100;

/** The composition root: wires ports and adapters, and knows no rule itself. */
export function createSimilarity(options: SimilarityOptions): Similarity {
  const { config, store, records, stateDir, logger } = options;
  let paused = false;
  const wanted = configuredSpace(config);
  const spaces = createSwitchboard({
    wanted,
    fallback: bundledSpace(config),
    fp32: wanted.recipe.precision && fp32Space(wanted, config),
    store,
    records,
    indexing: config.indexing,
    logger,
    createLane(named) {
      const lane = createLane(named, options);
      if (paused) lane.pause();
      return lane;
    },
    removeIndexFiles: (space) => removeIndexFiles(stateDir, space),
  });
  let opening: Promise<void> | undefined;
  let waking: NodeJS.Timeout | undefined;

  /** Requests and hooks may come before `start` has returned. */
  function opened(): Promise<void> {
    opening ??= mkdir(stateDir, { recursive: true })
      .then(() => store.open())
      .catch((error) => {
        opening = undefined;
        throw error;
      });
    return opening;
  }

  const lanes = () => [spaces.live, ...(spaces.next ? [spaces.next] : [])];

  return {
    get space() {
      return spaces.live.space;
    },

    async start() {
      await opened();
      await spaces.start();
    },

    stop() {
      clearTimeout(waking);
      return spaces.stop();
    },

    async enqueue(fileIds) {
      await opened();
      for (const lane of lanes()) await store.enqueue(lane.space.id, fileIds);
      clearTimeout(waking);
      waking = setTimeout(() => {
        for (const lane of lanes()) lane.wake();
      }, WAKE_AFTER_MS).unref();
    },

    async forget(fileIds) {
      await opened();
      await store.forget(fileIds);
      for (const lane of lanes()) lane.removed([...fileIds]);
    },

    get search() {
      return spaces.live.search;
    },

    get duplicates() {
      return spaces.live.duplicates;
    },

    get explainer() {
      return spaces.live.explainer;
    },

    digests: (fileIds) => store.digests(spaces.live.space.id, fileIds),

    async itemStatus(fileIds) {
      await opened();
      return store.status(spaces.live.space.id, fileIds);
    },

    async progress() {
      await opened();
      const { live, next, previous, declined, declinedBecause } = spaces;
      const [now, coming] = await Promise.all([live.progress(), next?.progress()]);
      return {
        ...now,
        paused,
        ...(coming && { next: coming }),
        ...(previous && { previous: { space: previous.space.id, model: previous.space.model } }),
        ...(declined && { declined }),
        ...(declinedBecause && { declinedBecause }),
      };
    },

    async retry(fileIds) {
      await opened();
      let count = 0;
      for (const lane of lanes()) {
        const retried = await store.retry(lane.space.id, fileIds);
        if (lane === spaces.live) count = retried;
        lane.wake();
      }
      return count;
    },

    async sweep() {
      const [result] = await Promise.all(lanes().map((lane) => lane.sweep()));
      return result;
    },

    rebuild: () => spaces.live.rebuild(),

    pause() {
      paused = true;
      for (const lane of lanes()) lane.pause();
    },

    resume() {
      paused = false;
      for (const lane of lanes()) lane.resume();
    },

    cancelSwitch: () => spaces.cancel(),
    rollBack: () => spaces.rollBack(),
    buildConfigured: () => spaces.build(),
  };
}
