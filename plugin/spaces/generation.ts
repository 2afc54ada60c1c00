import type { SimilarConfig } from '../contracts/config';
import type { SimilarError } from '../errors';
import { createQueueWorker } from '../pipeline/queue-worker';
import { repeatSweep } from '../pipeline/repeat-sweep';
import { sweep } from '../pipeline/sweep';
import type { Blobs, Embedder, EmbeddingStore, FileId, Space } from '../ports';
import { decodeProjection } from '../refine/projection';
import { createRefiningEmbedder, rawVectorsAsMedia } from '../refine/raw-vectors';
import type { Refiner } from '../refine/refiner';
import type { SpaceSearch } from '../search/space-search';
import { type Answering, type AnsweringDeps, createAnswering } from './answering';
import type { GenerationInfo } from './learn';

export interface GenerationDeps extends AnsweringDeps {
  /** The model's space. */
  base: Space;
  blobs: Blobs;
  config: Pick<SimilarConfig, 'indexing' | 'sweep'>;
  startRefiner(): Refiner;
  /** What answers searches at the moment: neighbours are looked for there. */
  search(): Pick<SpaceSearch, 'nearest'>;
}

/** One refined space: what answers searches in it, and what fills it with the pictures of the model's space. */
export interface Generation {
  readonly info: GenerationInfo;
  readonly answering: Answering;
  start(): void;
  stop(): Promise<void>;
  /** Pictures have new vectors in the model's space. */
  stored(fileIds: readonly FileId[]): Promise<void>;
  /** Pictures have none there any more. */
  removed(fileIds: FileId[]): Promise<void>;
  pause(): void;
  resume(): void;
  /**
   * All pictures except for this many have their refined vector, and the index holds it.
   * @param size pictures that searches find at the moment.
   */
  complete(size: number, but: number): Promise<boolean>;
  /** Stops, and deletes the files of its index. */
  discard(): Promise<void>;
}

/** Until its refined vector is stored, a picture is searched for with its projection: there is time to store many at once. */
const FLUSH_MS = 200;
/** A process without work is ended after so long. */
const IDLE_MS = 30_000;

/** @returns undefined when its projection is not there (any more). */
export async function openGeneration(info: GenerationInfo, deps: GenerationDeps): Promise<Generation | undefined> {
  const { base, blobs } = deps;
  const bytes = await blobs.read(info.space);
  return bytes && createGeneration(info, bytes, deps, { id: info.space, model: base.model, dims: info.dims });
}

function createGeneration(info: GenerationInfo, bytes: Uint8Array, deps: GenerationDeps, space: Space): Generation {
  const { base, config, logger } = deps;
  const { project } = decodeProjection(bytes, base.dims);
  // Rows of other spaces are not this one's to delete.
  const store: EmbeddingStore = { ...deps.store, forget: (fileIds) => deps.store.dropSpace(space.id, fileIds) };
  const media = rawVectorsAsMedia(base, store);
  const answering = createAnswering(space, deps, { base, project });
  let refiner: Promise<Refiner> | undefined;
  const stopping = new AbortController();
  let swept = false;
  let endSweeps = () => {};
  let idle: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;

  /** Started when there is work; a new one after the last one ended. */
  function loaded(): Promise<Refiner> {
    refiner ??= (async () => {
      const started = deps.startRefiner();
      try {
        await started.load(bytes, base.dims);
      } catch (error) {
        started.close();
        throw error;
      }
      return started;
    })();
    return refiner;
  }

  const embedder = createRefiningEmbedder({
    ...{ base, space, store, neighbours: info.neighbours },
    search: deps.search,
    refiner: loaded,
  });
  const changed = () => answering.wake();
  const worker = createQueueWorker({
    ...{ space, store, media, logger, onStored: changed, onRemoved: changed },
    embedder: refining(),
    flushMs: FLUSH_MS,
  });

  function refining(): Pick<Embedder, 'capacity' | 'embed'> {
    return {
      capacity: embedder.capacity,
      async embed(path) {
        clearTimeout(idle);
        try {
          return await embedder.embed(path);
        } catch (error) {
          if ((error as SimilarError).code === 'REFINEMENT_FAILED') closeRefiner();
          throw error;
        } finally {
          clearTimeout(idle);
          idle = setTimeout(closeRefiner, IDLE_MS).unref();
        }
      },
    };
  }

  function closeRefiner(): void {
    refiner?.then(
      (started) => started.close(),
      () => {},
    );
    refiner = undefined;
  }

  function sweepInBackground(): Promise<void> {
    const { signal } = stopping;
    sweeping = sweep({ space, store, media, logger: { ...logger, info: logger.debug }, onRemoved: changed, signal })
      .then(() => {
        swept = true;
        worker.wake();
      })
      .catch((error) => {
        if (!signal.aborted) logger.warn(`The refined space could not be compared with the model's: ${error.message}`);
      })
      .finally(() => {
        sweeping = undefined;
      });
    return sweeping;
  }

  async function stop(): Promise<void> {
    endSweeps();
    stopping.abort();
    await sweeping;
    await worker.stop();
    clearTimeout(idle);
    closeRefiner();
  }

  return {
    info,
    answering,

    start() {
      answering.start();
      if (!config.indexing) return;
      worker.start();
      endSweeps = repeatSweep(sweepInBackground, config.sweep.intervalMs);
    },

    async stop() {
      await stop();
      await answering.stop();
    },

    async stored(fileIds) {
      await store.enqueue(space.id, fileIds, { fresh: true });
      worker.wake();
    },

    async removed(fileIds) {
      await store.dropSpace(space.id, fileIds);
      answering.wake();
    },

    pause: () => worker.pause(),
    resume: () => worker.resume(),

    async complete(size, but) {
      if (config.indexing && !swept) return false;
      // Counting rows costs more than asking the index, and most of the time that is enough to know.
      if ((await answering.status()).size < size - but) return false;
      const [mine, all] = await Promise.all([store.counts(space.id), store.counts(base.id)]);
      return mine.vectors >= all.vectors - but && answering.holdsAll(but);
    },

    async discard() {
      await stop();
      await answering.discard();
    },
  };
}
