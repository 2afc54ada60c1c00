import type { SpaceProgress } from '../contracts/progress';
import { SimilarError } from '../errors';
import { createUsearchIndex } from '../index/client';
import { createDuplicates, type Duplicates } from '../pipeline/duplicates';
import { createExplainer, type Explainer } from '../pipeline/explainer';
import { createIndexSync } from '../pipeline/index-sync';
import type { EmbeddingStore, FileId, Space } from '../pipeline/ports';
import { createPump, type Pump } from '../pipeline/pump';
import { createSpaceSearch, type SpaceSearch } from '../pipeline/space-search';
import { type SweepResult, sweep } from '../pipeline/sweep';
import { type Unfit, unfitOf } from './int8';
import type { NamedSpace } from './named-space';
import { createLazyEmbedder, type OpenEmbedderDeps } from './open-embedder';

export interface LaneDeps extends OpenEmbedderDeps {
  store: EmbeddingStore;
  /** Folder for the index files of all spaces. */
  stateDir: string;
}

/** All that works for one space: its embedder, pump, sweep and index. */
export interface Lane {
  readonly space: Space;
  readonly named: NamedSpace;
  /** The model cannot be had at the moment; it is tried again by itself. */
  readonly modelMissing: boolean;
  /** Why the int8 model of this space is not used: `pending` is tried again by itself. */
  readonly unfit: Unfit | undefined;
  start(): void;
  stop(): Promise<void>;
  /** There are new rows in the queue. */
  wake(): void;
  /** Pictures lost their vectors. */
  removed(fileIds: FileId[]): void;
  readonly search: SpaceSearch;
  readonly duplicates: Duplicates;
  readonly explainer: Explainer;
  sweep(): Promise<SweepResult>;
  rebuild(): Promise<void>;
  progress(): Promise<SpaceProgress>;
  /** Every picture of the library had its turn, and the index holds what came of it. */
  complete(): Promise<boolean>;
  pause(): void;
  resume(): void;
}

const MODEL_RETRY_MS = 60_000;

export function createLane(named: NamedSpace, deps: LaneDeps): Lane {
  const { config, media, store, stateDir, logger } = deps;
  const { space } = named;
  // Also for a node that embeds nothing by itself: a search by picture starts it there.
  const embedders = createLazyEmbedder(named, deps);
  const index = createUsearchIndex({
    stateDir,
    config: config.index,
    logger,
    onRestart: () => sync.reset(),
  });
  const sync = createIndexSync({ space, store, index, logger });
  const ready = () => sync.ready();
  const duplicates = createDuplicates({ space, store, index, ready, logger });
  const onRemoved = (fileIds: FileId[]) => {
    sync.removed(fileIds);
    duplicates.removed(fileIds);
  };
  let pump: Pump | undefined;
  let paused = false;
  let stopped = false;
  let swept = false;
  let modelMissing = false;
  let unfit: Unfit | undefined;
  let problem: string | undefined;
  let sweepTimer: NodeJS.Timeout | undefined;
  let modelTimer: NodeJS.Timeout | undefined;
  let starting: Promise<void> | undefined;
  let sweeping: Promise<SweepResult> | undefined;

  async function startEmbedding(): Promise<void> {
    try {
      const embedder = await embedders.open();
      pump = createPump({ space, store, media, embedder, logger, onStored: () => sync.wake(), onRemoved });
      if (paused) pump.pause();
      pump.start();
      modelMissing = false;
      unfit = undefined;
      problem = undefined;
    } catch (error) {
      if (stopped) return;
      const { code, message } = error as SimilarError;
      const known = problem === message;
      problem = message;
      modelMissing = error instanceof SimilarError && code === 'MODEL_UNAVAILABLE';
      unfit = unfitOf(error);
      if (!unfit) logger.error(`No picture can be embedded with ${space.model}, they wait in the queue: ${problem}`);
      else if (!known) logger.warn(message);
      modelTimer = setTimeout(() => void startEmbedding(), MODEL_RETRY_MS).unref();
    }
  }

  function sweepNow(): Promise<SweepResult> {
    sweeping ??= sweep({ space, store, media, logger, onRemoved })
      .then((result) => {
        swept = true;
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
    named,
    get modelMissing() {
      return modelMissing;
    },
    get unfit() {
      return unfit;
    },

    start() {
      sync.start();
      if (!config.indexing) return;
      starting = startEmbedding();
      sweepInBackground();
      if (config.sweep.intervalMs > 0) sweepTimer = setInterval(sweepInBackground, config.sweep.intervalMs).unref();
    },

    async stop() {
      stopped = true;
      duplicates.stop();
      clearInterval(sweepTimer);
      clearTimeout(modelTimer);
      embedders.abort();
      await starting;
      await sweeping?.catch(() => {});
      await pump?.stop();
      await embedders.close();
      await sync.stop();
      await index.close();
    },

    wake: () => pump?.wake(),
    removed: onRemoved,
    duplicates,
    explainer: createExplainer(media, async (query, result) => (await embedders.open()).explain(query, result)),

    search: createSpaceSearch({
      space,
      store,
      index,
      ready,
      embed: async (path, options) => (await embedders.open()).embed(path, options),
    }),

    sweep: sweepNow,

    async rebuild() {
      await index.clear();
      sync.reset();
    },

    async progress() {
      const [counts, indexStatus] = await Promise.all([store.counts(space.id), index.status()]);
      const engine = embedders.status();
      const rate = pump?.rate() ?? 0;
      const trouble = problem ?? engine?.problem;
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
        ...(trouble && { problem: trouble }),
      };
    },

    async complete() {
      if (!swept || !pump || sweeping || !sync.synced) return false;
      const { pending, delayed, vectors } = await store.counts(space.id);
      // What waits for a later attempt, because its bytes cannot be had now, could keep a whole library waiting.
      return pending === delayed && (await index.status()).size >= vectors;
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
