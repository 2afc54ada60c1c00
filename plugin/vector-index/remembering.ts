import { changing } from '../changing';
import type { FileId, Match, VectorIndex } from '../ports';

/** Matches that are remembered at most: some ten megabytes. */
const MAX_MATCHES = 200_000;

/**
 * Remembers which pictures are like one of the index until a vector comes or goes: the same ones are asked about again and
 * again, and a message to the index process takes longer than its answer.
 * @param maxMatches beyond which the least recently used answers are forgotten.
 */
export function rememberLikes(index: VectorIndex, maxMatches = MAX_MATCHES): VectorIndex {
  /** In the order of their last use. */
  const answers = new Map<string, readonly Match[]>();
  let matchCount = 0;
  let generation = 0;

  function forget(): void {
    generation++;
    answers.clear();
    matchCount = 0;
  }

  function keep(key: string, matches: readonly Match[]): void {
    matchCount += matches.length - (answers.get(key)?.length ?? 0);
    answers.delete(key);
    answers.set(key, matches);
    for (const [oldest, { length }] of answers) {
      if (matchCount <= maxMatches) return;
      answers.delete(oldest);
      matchCount -= length;
    }
  }

  return {
    ...index,
    open: (space) => changing(index.open(space), forget),
    put: (items) => changing(index.put(items), forget),
    remove: (fileIds) => changing(index.remove(fileIds), forget),
    clear: () => changing(index.clear(), forget),
    close: () => changing(index.close(), forget),

    async searchLike(fileId: FileId, k, options) {
      if (options?.among) return index.searchLike(fileId, k, options);
      const key = `${fileId} ${k}`;
      const before = generation;
      const found = answers.get(key) ?? (await index.searchLike(fileId, k));
      if (found && before === generation) keep(key, found);
      return found && [...found];
    },
  };
}
