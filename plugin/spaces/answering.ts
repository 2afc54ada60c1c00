import { createIndexSync } from '../pipeline/index-sync';
import type { Embedder, EmbeddingStore, IndexStatus, Logger, Space, VectorIndex } from '../ports';
import type { Refined } from '../search/refined';
import { createSpaceSearch, type SpaceSearch, type SpaceSearchDeps } from '../search/space-search';
import { createSearchedIndex } from './searched-index';
import { createStoredVectors } from './stored-vectors';

export interface AnsweringDeps {
  store: EmbeddingStore;
  logger: Logger;
  /**
   * @param onRestart what was not saved is lost to the index.
   * @param onReturn it was away, and may lack something.
   */
  createIndex(onRestart: () => void, onReturn: () => void): VectorIndex;
  /** Of an index on a server: what answers in memory while that is away, and for how many vectors. */
  fallback?: { create(): VectorIndex; most: number };
  /** After how long the index is compared with the store again. */
  recheckMs?: number;
  embed: Embedder['embed'];
  /** Where the model knows words. */
  text?: SpaceSearchDeps['text'];
}

/** What answers searches in one space: its index, kept equal to the store. */
export interface Answering {
  readonly space: Space;
  readonly search: SpaceSearch;
  start(): void;
  stop(): Promise<void>;
  /** Vectors were stored, or lost. */
  wake(): void;
  rebuild(): Promise<void>;
  status(): Promise<IndexStatus>;
  /** Whether searches find all existing vectors, except for this many. */
  holdsAll(but?: number): Promise<boolean>;
  /** Stops, and deletes what the index has on disk. */
  discard(): Promise<void>;
}

export function createAnswering(space: Space, deps: AnsweringDeps, refined?: Refined): Answering {
  const { store, logger, embed, text } = deps;
  const index = deps.createIndex(
    () => sync.reset(),
    () => sync.recheck(),
  );
  const sync = createIndexSync({ space, store, index, logger, recheckMs: deps.recheckMs });
  const stored =
    deps.fallback && createStoredVectors({ space, store, createIndex: deps.fallback.create, most: deps.fallback.most });
  const searched = stored ? createSearchedIndex({ index, sync, stored, logger }) : { index, ready: () => sync.ready() };
  const search = createSpaceSearch({ space, store, ...searched, embed, text, refined });

  async function stop(): Promise<void> {
    await stored?.close();
    await sync.stop();
    await index.close();
  }

  return {
    space,
    search,
    start: () => sync.start(),
    stop,
    wake: () => sync.wake(),
    async rebuild() {
      await index.clear();
      sync.reset();
    },
    async status() {
      const status = await searched.index.status();
      return sync.synced || status.mode === 'fallback' ? status : { ...status, state: 'opening' };
    },
    async holdsAll(but = 0) {
      if (!sync.synced) return false;
      // Numbers may be some moments old: all means all.
      if (but === 0 && !(await sync.current())) return false;
      const { vectors } = await store.counts(space.id);
      return (await index.status()).size >= vectors - but;
    },
    async discard() {
      await stored?.close();
      await sync.stop();
      await index.clear().catch(() => {});
      await index.close();
    },
  };
}
