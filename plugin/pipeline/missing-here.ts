import type { FileId, ItemStatus } from '../ports';

/**
 * A process that does not see the uploads (a volume that is not mounted, a laptop on the production database) finds all of them
 * missing, and so does a node whose uploads folder is its own. So many at once are not believed.
 */
const UNBELIEVED_SHARE = 0.05;
const BELIEVED = 20;
/** Of so many the others are asked about a few. */
const SAMPLE = 5;
/** Once it is known that others have bytes: about so many more by each sweep. */
const ASKED_AT_ONCE = 100;

export interface Verdict {
  /** To be queued: a node that sees the bytes makes the row ready again, and if there is none, the row ends with the reason. */
  ask: FileId[];
  /** Too many are missing, and no other node has been seen to have any. */
  unseen: boolean;
}

/** Pictures that have been processed, and whose bytes this process does not see. It asks the other nodes, through the queue. */
export interface MissingHere {
  /** @param known how many pictures have been processed at all. */
  judge(rows: readonly ItemStatus[], known: number): Verdict;
}

export function createMissingHere(): MissingHere {
  /** When the row had changed last, at the time of asking. */
  const asked = new Map<FileId, number>();
  let othersHaveBytes = false;

  return {
    judge(rows, known) {
      if (rows.length === 0) {
        asked.clear();
        othersHaveBytes = false;
      }
      const open = rows.filter(({ fileId }) => !asked.has(fileId));
      // Whoever made it ready since has seen its bytes, and this process does not.
      othersHaveBytes ||= rows.some(({ fileId, state, updatedAt }) => {
        const before = asked.get(fileId);
        return before !== undefined && before !== updatedAt && state === 'ready';
      });
      const isMany = rows.length > BELIEVED && rows.length > known * UNBELIEVED_SHARE;
      const unseen = isMany && !othersHaveBytes;
      if (unseen && asked.size > 0) return { ask: [], unseen };
      const ask = isMany ? open.slice(0, unseen ? SAMPLE : ASKED_AT_ONCE) : open;
      for (const { fileId, updatedAt } of ask) asked.set(fileId, updatedAt);
      return { ask: ask.map(({ fileId }) => fileId), unseen };
    },
  };
}
