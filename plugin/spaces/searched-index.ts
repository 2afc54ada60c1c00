import { type ErrorCode, SimilarError } from '../errors';
import type { IndexSync } from '../pipeline/index-sync';
import type { IndexStatus, Logger, VectorIndex } from '../ports';
import type { StoredVectors } from './stored-vectors';

export interface SearchedIndexDeps {
  index: VectorIndex;
  sync: Pick<IndexSync, 'synced' | 'ready'>;
  /** What answers while the index cannot. */
  stored: StoredVectors;
  logger: Logger;
}

export interface SearchedIndex {
  /** For searches; what is put goes to the index itself. */
  index: VectorIndex;
  /** Resolves when searches see the whole store. @throws SimilarError `INDEX_UNAVAILABLE` */
  ready(): Promise<void>;
}

const DOWN = new Set<ErrorCode>(['INDEX_UNAVAILABLE', 'PGVECTOR_UNAVAILABLE', 'WEAVIATE_UNAVAILABLE']);
/** Of a trouble that comes and goes, the log says one line in this time. */
const SAME_TROUBLE_MS = 60_000;

/** An index on a server that may be away. In the meantime, searches compare the stored vectors, where that is possible. */
export function createSearchedIndex({ index, sync, stored, logger }: SearchedIndexDeps): SearchedIndex {
  let failedAt = Number.NEGATIVE_INFINITY;

  /** What does not answer at all has been told by the index itself; without a cause, it is only being built. */
  function tell({ message, details, cause }: SimilarError): void {
    if (!cause || details.isTold === true) return;
    const isSame = performance.now() - failedAt < SAME_TROUBLE_MS;
    failedAt = performance.now();
    if (!isSame) logger.warn(`${message}. In the meantime, searches compare the stored vectors.`);
  }

  async function ask<T>(ofIndex: () => Promise<T>, ofStored: () => Promise<T>): Promise<T> {
    if (!sync.synced) return ofStored();
    try {
      return await ofIndex();
    } catch (error) {
      if (!(error instanceof SimilarError) || !DOWN.has(error.code)) throw error;
      let answer: T;
      try {
        answer = await ofStored();
      } catch {
        throw error;
      }
      tell(error);
      return answer;
    }
  }

  /** Not while it is only being loaded for the first time: that is worth waiting for. */
  const isHelped = ({ problem }: IndexStatus): boolean => problem !== undefined || stored.isOpen;

  async function status(): Promise<IndexStatus> {
    const known = await index.status();
    const isReady = known.state === 'ready' && sync.synced;
    if (isReady || known.state === 'closed' || !isHelped(known)) return known;
    const size = await stored.size().catch(() => undefined);
    return size === undefined ? known : { ...known, size, state: 'ready', mode: 'fallback' };
  }

  return {
    index: {
      ...index,
      search: (...args) =>
        ask(
          () => index.search(...args),
          () => stored.search(...args),
        ),
      searchLike: (...args) =>
        ask(
          () => index.searchLike(...args),
          () => stored.searchLike(...args),
        ),
      keys: () =>
        ask(
          () => index.keys(),
          () => stored.keys(),
        ),
      status,
    },
    async ready() {
      if (!sync.synced && !isHelped(await index.status())) await sync.ready();
    },
  };
}
