import type { EmbeddingStore, FileId, MediaSource, Space } from '../ports';

export interface NewPicturesOptions {
  space: Space;
  store: Pick<EmbeddingStore, 'status' | 'enqueue'>;
  media: Pick<MediaSource, 'list'>;
  pageSize?: number;
}

export interface NewPictures {
  /** A sweep has seen all up to this one. */
  seenUpTo(id: FileId): void;
  /** Queues pictures that no hook has reported. @returns how many. */
  look(): Promise<number>;
}

/**
 * Finds pictures that came without a hook (a transfer, an import by SQL) within seconds, where the next sweep may be minutes away: new
 * rows have larger ids, and asking for those costs next to nothing. Before the first sweep it checks nothing.
 */
export function createNewPictures({ space, store, media, pageSize = 500 }: NewPicturesOptions): NewPictures {
  let settled: FileId | undefined;
  /** Had no row at the last check: a hook may have been about to write it. */
  let waiting = new Set<FileId>();

  return {
    seenUpTo(id) {
      settled = Math.max(settled ?? 0, id);
    },

    async look() {
      if (settled === undefined) return 0;
      const ids = (await media.list(settled, pageSize)).map(({ id }) => id);
      if (ids.length === 0) return 0;
      const known = new Set((await store.status(space.id, ids)).map(({ fileId }) => fileId));
      const unknown = ids.filter((id) => !known.has(id));
      const missed = unknown.filter((id) => waiting.has(id));
      if (missed.length > 0) await store.enqueue(space.id, missed);
      const open = unknown.filter((id) => !waiting.has(id));
      waiting = new Set(open);
      settled = open.length > 0 ? open[0] - 1 : ids[ids.length - 1];
      return missed.length;
    },
  };
}
