import { SimilarError } from '../errors';

interface BacklogOptions {
  /** How long the oldest search may have waited before others are refused, in milliseconds. */
  longestMs?: number;
  /** Searches that may wait at once. */
  most?: number;
  now?(): number;
}

/**
 * Refuses searches that would wait too long behind others: the index answers one after the other, and who waits for seconds
 * has left. How long that is, the oldest unanswered one says.
 */
export function createBacklog({
  longestMs = 10_000,
  most = 10_000,
  now = () => performance.now(),
}: BacklogOptions = {}) {
  /** When each began, in that order. */
  const waiting = new Map<symbol, number>();

  /** @throws SimilarError `INDEX_BUSY` */
  return async function within<T>(work: () => Promise<T>): Promise<T> {
    const oldest = waiting.values().next().value ?? Number.POSITIVE_INFINITY;
    if (waiting.size >= most || now() - oldest > longestMs) {
      throw new SimilarError('INDEX_BUSY', `${waiting.size} searches are waiting for the vector index already`);
    }
    const key = Symbol();
    waiting.set(key, now());
    try {
      return await work();
    } finally {
      waiting.delete(key);
    }
  };
}
