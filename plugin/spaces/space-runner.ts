import path from 'node:path';
import type { SpaceProgress } from '../contracts/progress';
import { ERRORS, SimilarError } from '../errors';
import type { Int8Rejection } from '../int8/int8-model';
import { createPictureMap, type PictureMap } from '../map/picture-map';
import { createMissingHere } from '../pipeline/missing-here';
import { createNewPictures } from '../pipeline/new-pictures';
import { createQueueWorker } from '../pipeline/queue-worker';
import { repeatSweep } from '../pipeline/repeat-sweep';
import { type SweepOptions, type SweepResult, sweep } from '../pipeline/sweep';
import { createSweepTurns } from '../pipeline/sweep-turns';
import type { Blobs, CountOptions, EmbeddingStore, FileId, IndexStatus, Space, SpaceId } from '../ports';
import { startRefiner } from '../refine/refiner';
import { createDuplicates, type Duplicates } from '../search/duplicates';
import { createExplainer, type Explainer } from '../search/explainer';
import { createPictureColours, type PictureColours } from '../search/picture-colours';
import type { SpaceSearch } from '../search/space-search';
import { indexFolder } from '../vector-index/folder';
import type { VectorIndexes } from '../vector-index/providers';
import { rememberLikes } from '../vector-index/remembering';
import { createEmbedding, type MissingModel } from './embedding';
import { createLazyEmbedder, type OpenEmbedderDeps } from './lazy-embedder';
import { mediaFrom } from './media-from';
import type { ModelSpace } from './model-space';
import { createRefinement } from './refinement';
import { createSharedLayout } from './shared-layout';
import { createSpaceText } from './space-text';

export interface SpaceRunnerDeps extends OpenEmbedderDeps {
  store: EmbeddingStore;
  blobs: Blobs;
  indexes: VectorIndexes;
  /** Folder for the maps of all spaces. */
  stateDir: string;
  /** Pictures lost their vectors. */
  onRemoved?(fileIds: readonly FileId[]): void;
}

/** All that works for one space: its embedder, worker, sweep and index. */
export interface SpaceRunner {
  readonly space: Space;
  readonly named: ModelSpace;
  /** The model is unavailable at the moment. It is retried automatically. */
  readonly missing: MissingModel | undefined;
  /** Why the int8 model of this space is not used: `pending` is retried automatically. */
  readonly int8Rejection: Int8Rejection | undefined;
  /** Resolves when it is known what answers searches. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** There are new rows in the queue. */
  wake(): void;
  /** Pictures lost their vectors. */
  removed(fileIds: FileId[]): void;
  readonly search: SpaceSearch;
  readonly duplicates: Duplicates;
  readonly colours: PictureColours;
  readonly explainer: Explainer;
  readonly map: PictureMap;
  /** @throws SimilarError `LIBRARY_UNSEEN` */
  sweep(options?: Pick<SweepOptions, 'acceptMissing'>): Promise<SweepResult>;
  rebuild(): Promise<void>;
  progress(options?: CountOptions): Promise<SpaceProgress>;
  /** Every picture of the library has been processed, and the index holds the vectors. */
  complete(): Promise<boolean>;
  pause(): void;
  resume(): void;
}

/** Interval between checks for pictures that came without a hook. */
const NEW_MS = 5_000;
/** After so long other nodes have shown whether they have bytes that are missing here. */
const ANSWER_MS = 15_000;

/** Where the map of a space is kept. */
export const mapFile = (stateDir: string, space: SpaceId) => `${indexFolder(path.join(stateDir, 'maps'), space)}.map`;

/** Its message, with what to do about it, and its code. */
function problemOf({ problem, code }: IndexStatus): Pick<SpaceProgress['index'], 'problem' | 'code'> {
  if (!problem) return {};
  return code ? { problem: `${problem}. ${ERRORS[code].remedy}`, code } : { problem };
}

export function createSpaceRunner(named: ModelSpace, deps: SpaceRunnerDeps): SpaceRunner {
  const { config, store, stateDir, logger, records, blobs, indexes } = deps;
  const { space } = named;
  const media = mediaFrom(deps.media, named.from);
  // Also for a node that does not index: a search by picture starts it there.
  const embedders = createLazyEmbedder(named, { ...deps, media });
  const text = createSpaceText(named, deps);
  // Words lie where the model put them: what is learnt from pictures would move those, and not the words.
  const refine = text ? { ...config.refine, mode: 'off' as const } : config.refine;
  const refinement = createRefinement({
    ...{ base: space, config: { ...config, refine }, text, store, records, blobs, logger, startRefiner },
    createIndex: (...on) => rememberLikes(indexes.create(...on)),
    fallback: indexes.fallback,
    recheckMs: indexes.recheckMs,
    removeIndex: indexes.remove,
    embed: async (path, options) => (await embedders.open()).embed(path, options),
  });
  const nearest: SpaceSearch['nearest'] = (vector, k) => refinement.answering.search.nearest(vector, k);
  const duplicates = createDuplicates({ space, store, nearest, logger });
  const colours = createPictureColours({ space, store, logger });
  const file = mapFile(stateDir, space.id);
  const shared = createSharedLayout(records, space.id);
  const map = createPictureMap({ space, store, search: () => refinement.answering.search, file, shared, logger });
  const onStored = (fileIds: FileId[]) => followUp(refinement.stored(fileIds));
  const onRemoved = (fileIds: FileId[]) => {
    followUp(refinement.removed(fileIds));
    duplicates.removed(fileIds);
    colours.removed(fileIds);
    deps.onRemoved?.(fileIds);
  };
  /** The sweep of the refined space mends what is missed here. */
  const followUp = (done: Promise<void>) => {
    done.catch((error) => logger.warn(`Refined vectors will follow later: ${error.message}`));
  };
  const embedding = createEmbedding({
    ...{ space, embedders, logger },
    createQueueWorker: (embedder) => createQueueWorker({ space, store, media, embedder, logger, onStored, onRemoved }),
  });
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;
  let swept = false;
  /** Why the last sweep left pictures as they were. */
  let unseen: SimilarError | undefined;
  let isUnseenSaid = false;
  const newPictures = createNewPictures({ space, store, media });
  const missingHere = createMissingHere();
  let answerTimer: NodeJS.Timeout | undefined;
  let endSweeps = () => {};
  let newTimer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  const sweeps = createSweepTurns(sweepOnce);

  async function sweepOnce({ acceptMissing }: Pick<SweepOptions, 'acceptMissing'>): Promise<SweepResult> {
    try {
      const { signal } = stopping;
      const onSeen = (lastId: FileId) => newPictures.seenUpTo(lastId);
      const result = await sweep({
        ...{ space, store, media, missingHere, logger },
        onRemoved,
        acceptMissing,
        onSeen,
        signal,
      });
      unseen = undefined;
      isUnseenSaid = false;
      swept = true;
      embedding.worker?.wake();
      return result;
    } catch (error) {
      if (error instanceof SimilarError && error.code === 'LIBRARY_UNSEEN') {
        // The first time the others have only been asked.
        if (!unseen) answerTimer = setTimeout(sweepInBackground, ANSWER_MS).unref();
        else if (!isUnseenSaid) logger.error(`${error.message}. ${error.remedy}`);
        isUnseenSaid = unseen !== undefined;
        unseen = error;
        embedding.worker?.wake();
      }
      throw error;
    }
  }

  async function sweepInBackground(): Promise<void> {
    try {
      await sweeps.join();
    } catch (error) {
      if (error === unseen || stopped()) return;
      logger.warn(`The sweep failed and will be repeated: ${(error as Error).message}`);
    }
  }

  function lookForNew(): void {
    looking ??= newPictures
      .look()
      .then((count) => {
        if (count > 0) embedding.worker?.wake();
      })
      // The sweep catches up.
      .catch((error) => logger.debug(`New pictures could not be looked for: ${error.message}`))
      .finally(() => {
        looking = undefined;
      });
  }

  return {
    space,
    named,
    get missing() {
      return embedding.missing;
    },
    get int8Rejection() {
      return embedding.int8Rejection;
    },

    async start() {
      await refinement.start();
      void text?.prepare();
      if (!config.indexing || stopped()) return;
      embedding.start();
      endSweeps = repeatSweep(sweepInBackground, config.sweep.intervalMs);
      if (config.sweep.intervalMs === 0) return;
      newTimer = setInterval(lookForNew, Math.min(NEW_MS, config.sweep.intervalMs)).unref();
    },

    async stop() {
      stopping.abort();
      duplicates.stop();
      colours.stop();
      map.stop();
      endSweeps();
      clearTimeout(answerTimer);
      clearInterval(newTimer);
      const ended = embedding.stop();
      await sweeps.idle();
      await looking;
      await ended;
      await embedders.close();
      await text?.close();
      await refinement.stop();
    },

    wake: () => embedding.worker?.wake(),
    removed: onRemoved,
    duplicates,
    colours,
    explainer: createExplainer({
      media,
      digests: (fileIds) => store.digests(space.id, fileIds),
      explain: async (query, result) => (await embedders.open()).explain(query, result),
    }),
    map,

    get search() {
      return refinement.answering.search;
    },

    sweep: (options) => sweeps.next(options),

    rebuild: () => refinement.answering.rebuild(),

    async progress(options) {
      const { answering } = refinement;
      const [counts, { BYTES_MISSING: missing = 0 }, indexStatus, refined] = await Promise.all([
        store.counts(space.id, options),
        store.failures(space.id, options),
        answering.status(),
        refinement.progress(),
      ]);
      const engine = embedders.status();
      const rate = embedding.worker?.rate() ?? 0;
      const trouble = [embedding.problem ?? engine?.problem, unseen && `${unseen.message}. ${unseen.remedy}`].filter(
        Boolean,
      );
      return {
        space: space.id,
        model: space.model,
        engine: engine?.engine ?? 'none',
        device: engine?.device ?? 'none',
        ...(engine?.slowBecause && { slowBecause: engine.slowBecause }),
        words: text !== undefined,
        total: counts.pending + counts.ready + counts.failed + counts.unsupported,
        ready: counts.ready,
        pending: counts.pending,
        failed: counts.failed,
        unsupported: counts.unsupported,
        missing,
        indexed: indexStatus.size,
        rate: Math.round(rate * 10) / 10,
        ...(rate > 0 && { secondsLeft: Math.ceil(counts.pending / rate) }),
        embedded: embedding.worker?.embedded ?? 0,
        embedderRestarts: engine?.restarts ?? 0,
        index: {
          kind: indexStatus.kind,
          mode: indexStatus.mode,
          state: indexStatus.state,
          bytesOnDisk: indexStatus.bytesOnDisk,
          restarts: indexStatus.restarts,
          ...problemOf(indexStatus),
        },
        refinement: refined,
        ...(trouble.length > 0 && { problem: trouble.join(' ') }),
        ...(unseen && { unseen: true }),
      };
    },

    async complete() {
      if (!swept || !embedding.worker || sweeps.running) return false;
      // A picture that waits for a later attempt, because its bytes are unavailable now, could keep a whole library waiting.
      return (await store.waiting(space.id, 1)) === 0 && refinement.answering.holdsAll();
    },

    pause() {
      embedding.pause();
      refinement.pause();
    },

    resume() {
      embedding.resume();
      refinement.resume();
    },
  };
}
