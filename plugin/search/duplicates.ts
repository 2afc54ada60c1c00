import type { EmbeddingStore, FileId, Logger, Space, StoredVector } from '../ports';
import { decodeFloat16 } from '../vectors/float16';
import { type Groups, groupPictures, type WantedLinks } from './groups';
import { LEAST_SIMILARITY } from './link-table';
import type { PairsAround } from './pairs-around';
import { type Neighbourhood, PhotoLinks } from './photo-links';
import type { SpaceSearch } from './space-search';

export interface DuplicatesDeps {
  /** The model's space, also where a refined one answers searches: thresholds are cosines of the model. */
  space: Space;
  store: Pick<EmbeddingStore, 'vectorsSince' | 'lostSince' | 'counts' | 'lastSeq' | 'photos'>;
  nearest: SpaceSearch['nearest'];
  logger: Logger;
}

/** How many pictures were compared, of all that have a vector. */
export interface Compared {
  done: number;
  total: number;
}

export interface Duplicates {
  /** Compares new pictures, for a moment; goes on in the background. */
  compare(): Promise<Compared>;
  /** Another one whenever links may have come or gone. */
  readonly version: number;
  /** Pictures with a link of at least this similarity, as far as they were compared. */
  linked(least: number): Promise<FileId[]>;
  /** Pictures that hang together, as far as they were compared. */
  groups(wanted: WantedLinks): Promise<Groups>;
  /** Shows all links that are known, so far, to one who wants those around a threshold. */
  showTo(pairs: PairsAround): Promise<Compared>;
  removed(fileIds: readonly FileId[]): void;
  stop(): void;
}

/** Neighbours that are looked at per picture: larger families are found through each other. */
const NEIGHBOURS = 16;
const PAGE = 100;
/** Longest wait for pictures that are being compared. */
const PATIENCE_MS = 1_500;

/** Knows which pictures of the library are nearly the same. Compares each picture once, when it is first asked. */
export function createDuplicates({ space, store, nearest, logger }: DuplicatesDeps): Duplicates {
  const links = new PhotoLinks(store, space.id);
  let version = 0;
  let seenSeq = 0;
  let seenLoss: number | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  function remove(fileIds: Iterable<FileId>): void {
    for (const fileId of fileIds) {
      links.remove(fileId);
      version++;
    }
  }

  /** What was lost since the last look, also on another node, by its sequence number. */
  async function lost(): Promise<Map<FileId, number>> {
    const found = new Map<FileId, number>();
    for (;;) {
      const losses = await store.lostSince(space.id, seenLoss as number, PAGE);
      for (const { fileId, seq } of losses) {
        found.set(fileId, seq);
        seenLoss = seq;
      }
      if (losses.length < PAGE) return found;
    }
  }

  async function compareNew(): Promise<void> {
    // What was lost before the first look is not among the vectors either.
    seenLoss ??= await store.lastSeq(space.id);
    while (!stopped) {
      const vectors = await store.vectorsSince(space.id, seenSeq, PAGE);
      // After them: one that was lost and stored again stays.
      const gone = await lost();
      remove(gone.keys());
      if (vectors.length === 0) return;
      await add(vectors.filter(({ fileId, seq }) => (gone.get(fileId) ?? 0) < seq));
      if (stopped) return;
      seenSeq = vectors[vectors.length - 1].seq;
      await links.tidy();
    }
  }

  async function add(vectors: StoredVector[]): Promise<void> {
    const found: Neighbourhood[] = [];
    for (const { fileId, vector } of vectors) {
      if (stopped) return;
      const near = await nearest(decodeFloat16(vector), NEIGHBOURS);
      found.push({ fileId, near: near.filter((match) => match.fileId !== fileId) });
    }
    await links.add(found, () => {
      version++;
      return !stopped;
    });
  }

  /** A small library is compared at once, and what is new in a large one; the rest is shown as it comes. */
  async function compareForAMoment(): Promise<void> {
    running ??= compareNew()
      .catch((error) => logger.warn(`Duplicates could not be looked for: ${error.message}`))
      .finally(() => {
        running = undefined;
      });
    await Promise.race([running, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref())]);
  }

  const compareProgress = async (): Promise<Compared> => ({
    done: links.table.size,
    total: (await store.counts(space.id)).vectors,
  });

  return {
    async compare() {
      await compareForAMoment();
      return compareProgress();
    },

    get version() {
      return version;
    },

    async linked(least) {
      const known = links.table;
      const linked = new Set<number>();
      await known.each((a, b) => linked.add(a).add(b), least);
      return [...linked].flatMap((place) => known.idAt(place) ?? []);
    },

    groups: (wanted) => groupPictures(links.table, wanted),

    async showTo(pairs) {
      await compareForAMoment();
      const known = links.table;
      const idAt = (place: number) => known.idAt(place) as FileId;
      await known.each((a, b, similarity) => pairs.add({ a: idAt(a), b: idAt(b), similarity }), LEAST_SIMILARITY);
      return compareProgress();
    },

    removed(fileIds) {
      remove(fileIds);
    },

    stop() {
      stopped = true;
    },
  };
}
