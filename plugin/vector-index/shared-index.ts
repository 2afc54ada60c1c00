/** What indexes on a server have in common, which all nodes put into. */
import type { FileId, StoredVector } from '../ports';

/** Where so large a share would be candidates, all are compared: it is exact, and hardly slower. */
export const SHARE_TO_SCAN = 1 / 4;
/** Counting takes at most this share of the time. */
export const SHARE_TO_COUNT = 1 / 20;

/** How much longer than a search a write may take: it may wait for those of other nodes. */
export const LONG_TIMES = 12;

/** One of each file, by file: a statement changes a row once, and locks rows in the order of its values. */
export function newestOf(items: readonly StoredVector[]): StoredVector[] {
  const newest = new Map<FileId, StoredVector>();
  for (const item of items) {
    if ((newest.get(item.fileId)?.seq ?? -1) < item.seq) newest.set(item.fileId, item);
  }
  return [...newest.values()].sort((a, b) => a.fileId - b.fileId);
}
