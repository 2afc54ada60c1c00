import { createIndexSync } from '../pipeline/index-sync';
import type { Embedder, EmbeddingStore, IndexStatus, Logger, Space, VectorIndex } from '../ports';
import type { Refined } from '../search/refined';
import { createSpaceSearch, type SpaceSearch } from '../search/space-search';

export interface AnsweringDeps {
  store: EmbeddingStore;
  logger: Logger;
  /** @param onRestart what was not saved is lost to the index. */
  createIndex(onRestart: () => void): VectorIndex;
  embed: Embedder['embed'];
}

/** What answers searches in one space: its index, kept equal to the store. */
export interface Answering {
  readonly space: Space;
  readonly search: SpaceSearch;
  /** Whether the index has been compared with the store since it was opened. */
  readonly synced: boolean;
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
  const { store, logger, embed } = deps;
  const index = deps.createIndex(() => sync.reset());
  const sync = createIndexSync({ space, store, index, logger });
  const search = createSpaceSearch({ space, store, index, ready: () => sync.ready(), embed, refined });

  async function stop(): Promise<void> {
    await sync.stop();
    await index.close();
  }

  return {
    space,
    search,
    get synced() {
      return sync.synced;
    },
    start: () => sync.start(),
    stop,
    wake: () => sync.wake(),
    async rebuild() {
      await index.clear();
      sync.reset();
    },
    status: () => index.status(),
    async holdsAll(but = 0) {
      if (!sync.synced) return false;
      // Numbers may be some moments old: all means all.
      if (but === 0 && !(await sync.current())) return false;
      const { vectors } = await store.counts(space.id);
      return (await index.status()).size >= vectors - but;
    },
    async discard() {
      await sync.stop();
      await index.clear().catch(() => {});
      await index.close();
    },
  };
}
