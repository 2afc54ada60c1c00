import type { EmbeddingStore, FileId, ItemStatus, MediaSource, Space } from '../ports';
import { MISSING_STAMP } from '../ports';

export interface SightOptions {
  space: Space;
  store: Pick<EmbeddingStore, 'busy' | 'list' | 'retry'>;
  media: Pick<MediaSource, 'here'>;
  /** How long nobody may have worked on the queue until a picture that is not seen here counts as seen by no node. */
  patienceMs: number;
}

/** What this process sees of the pictures that wait. Nodes may each have an uploads folder of their own. */
export interface Sight {
  /** Those of these pictures whose bytes are here. */
  among(fileIds: readonly FileId[]): Promise<Set<FileId>>;
  /** What was not here may have come. */
  lookAnew(): void;
  /** Whether no node has claimed for a while what is not seen here: somebody has to say that the bytes are missing. */
  abandoned(sawNone: boolean): Promise<boolean>;
  /** Puts pictures back into the queue that were on no node, and are here. @returns whether there were any. */
  reviveReturned(): Promise<boolean>;
}

/** A picture that was not here is not looked for again for so long, unless something happens. */
const NOT_HERE_MS = 60_000;
const PAGE = 200;

export function createSight({ space, store, media, patienceMs }: SightOptions): Sight {
  /** When they are worth another look. */
  const notHere = new Map<FileId, number>();
  let aloneSince: number | undefined;
  let after: FileId = 0;

  async function among(fileIds: readonly FileId[]): Promise<Set<FileId>> {
    if (!media.here) return new Set(fileIds);
    const now = performance.now();
    for (const [id, until] of notHere) if (until <= now) notHere.delete(id);
    const unknown = fileIds.filter((id) => !notHere.has(id));
    const here = unknown.length > 0 ? await media.here(unknown) : new Set<FileId>();
    for (const id of unknown) if (!here.has(id)) notHere.set(id, now + NOT_HERE_MS);
    return here;
  }

  return {
    among,

    lookAnew() {
      notHere.clear();
    },

    async abandoned(sawNone) {
      if (!sawNone || (await store.busy(space.id))) {
        aloneSince = undefined;
        return false;
      }
      aloneSince ??= performance.now();
      return performance.now() - aloneSince >= patienceMs;
    },

    async reviveReturned() {
      if (!media.here) return false;
      const page: ItemStatus[] = await store.list(space.id, after, PAGE, 'failed');
      after = page.length < PAGE ? 0 : page[page.length - 1].fileId;
      const missing = page.filter(({ stamp }) => stamp === MISSING_STAMP).map(({ fileId }) => fileId);
      if (missing.length === 0) return false;
      const here = [...(await media.here(missing))];
      for (const id of here) notHere.delete(id);
      return here.length > 0 && (await store.retry(space.id, here)) > 0;
    },
  };
}
