import { mkdir } from 'node:fs/promises';
import type { SimilarConfig } from './contracts/config';
import type { Progress } from './contracts/progress';
import { createEmbedder } from './embedder/client';
import { createUsearchIndex } from './index/client';
import { modelEntry } from './models/registry';
import { describe, resolveModel } from './models/resolve';
import { spaceOf } from './models/space';
import { createIndexSync } from './pipeline/index-sync';
import { findNeighbours, type Neighbour, type NeighbourOptions } from './pipeline/neighbours';
import type { Embedder, EmbeddingStore, FileId, ItemStatus, Logger, MediaSource, Space } from './pipeline/ports';
import { createPump, type Pump } from './pipeline/pump';
import { type SweepResult, sweep } from './pipeline/sweep';

export interface SimilarityOptions {
  config: SimilarConfig;
  media: MediaSource;
  store: EmbeddingStore;
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
  /** @throws SimilarError `INDEX_UNAVAILABLE` while the index is being loaded. */
  neighbours(of: readonly FileId[], options: NeighbourOptions): Promise<Neighbour[]>;
  itemStatus(fileIds: readonly FileId[]): Promise<ItemStatus[]>;
  progress(): Promise<Progress>;
  /** Failed and unsupported pictures (all, or these) are tried again. Returns how many. */
  retry(fileIds?: readonly FileId[]): Promise<number>;
  sweep(): Promise<SweepResult>;
  /** Throws the index away and builds it from the stored vectors. */
  rebuild(): Promise<void>;
  pause(): void;
  resume(): void;
}

const MODEL_RETRY_MS = 60_000;

/** The composition root: the only place that knows which adapter stands behind which port. */
export function createSimilarity({ config, media, store, stateDir, logger }: SimilarityOptions): Similarity {
  const space = spaceOf(describe(modelEntry(config.model), config.models));
  const index = createUsearchIndex({ stateDir, config: config.index, logger, onRestart: () => sync.reset() });
  const sync = createIndexSync({ space, store, index, logger });
  const onRemoved = (fileIds: FileId[]) => sync.removed(fileIds);
  let embedder: Embedder | undefined;
  let pump: Pump | undefined;
  let paused = false;
  let stopped = false;
  let problem: string | undefined;
  let sweepTimer: NodeJS.Timeout | undefined;
  let modelTimer: NodeJS.Timeout | undefined;
  let sweeping: Promise<SweepResult> | undefined;

  async function startIndexing(): Promise<void> {
    try {
      const model = await resolveModel(config.model, { ...config.models, log: logger });
      if (stopped) return;
      embedder = createEmbedder({ model, space, ...config.engine, limits: config.limits, logger });
      pump = createPump({ space, store, media, embedder, logger, onStored: () => sync.wake(), onRemoved });
      if (paused) pump.pause();
      pump.start();
      problem = undefined;
    } catch (error) {
      problem = (error as Error).message;
      logger.error(`No picture can be embedded, they wait in the queue: ${problem}`);
      modelTimer = setTimeout(startIndexing, MODEL_RETRY_MS).unref();
    }
  }

  function sweepNow(): Promise<SweepResult> {
    sweeping ??= sweep({ space, store, media, logger, onRemoved })
      .then((result) => {
        pump?.wake();
        return result;
      })
      .finally(() => {
        sweeping = undefined;
      });
    return sweeping;
  }

  function sweepInBackground(): void {
    sweepNow().catch((error) => logger.warn(`The sweep failed and is repeated later: ${error.message}`));
  }

  return {
    space,

    async start() {
      await mkdir(stateDir, { recursive: true });
      await store.open();
      sync.start();
      if (!config.indexing) return;
      void startIndexing();
      sweepInBackground();
      if (config.sweep.intervalMs > 0) sweepTimer = setInterval(sweepInBackground, config.sweep.intervalMs).unref();
    },

    async stop() {
      stopped = true;
      clearInterval(sweepTimer);
      clearTimeout(modelTimer);
      await sweeping?.catch(() => {});
      await pump?.stop();
      await embedder?.close();
      await sync.stop();
      await index.close();
    },

    async enqueue(fileIds) {
      await store.enqueue(space.id, fileIds);
      pump?.wake();
    },

    async forget(fileIds) {
      await store.forget(fileIds);
      sync.removed([...fileIds]);
    },

    async neighbours(of, options) {
      await sync.ready();
      return findNeighbours({ space, store, index }, of, options);
    },

    itemStatus: (fileIds) => store.status(space.id, fileIds),

    async progress() {
      const [counts, indexStatus] = await Promise.all([store.counts(space.id), index.status()]);
      const engine = embedder?.status();
      const rate = pump?.rate() ?? 0;
      return {
        space: space.id,
        model: space.model,
        engine: engine?.engine ?? 'none',
        device: engine?.device ?? 'none',
        total: counts.pending + counts.ready + counts.failed + counts.unsupported,
        ready: counts.ready,
        pending: counts.pending,
        failed: counts.failed,
        unsupported: counts.unsupported,
        indexed: indexStatus.size,
        rate: Math.round(rate * 10) / 10,
        ...(rate > 0 && { secondsLeft: Math.ceil(counts.pending / rate) }),
        index: {
          kind: indexStatus.kind,
          mode: indexStatus.mode,
          state: sync.synced ? indexStatus.state : 'opening',
          bytesOnDisk: indexStatus.bytesOnDisk,
        },
        paused,
        ...((problem ?? engine?.problem) && { problem: problem ?? engine?.problem }),
      };
    },

    async retry(fileIds) {
      const count = await store.retry(space.id, fileIds);
      pump?.wake();
      return count;
    },

    sweep: sweepNow,

    async rebuild() {
      await index.clear();
      sync.reset();
    },

    pause() {
      paused = true;
      pump?.pause();
    },

    resume() {
      paused = false;
      pump?.resume();
    },
  };
}
