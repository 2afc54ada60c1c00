import type { EmbeddingStore, FileId, Logger, Space } from '../ports';
import { decodeFloat16 } from '../vectors/float16';
import type { Link } from './link';
import { LinkTable } from './link-table';
import type { PairsAround } from './pairs-around';
import type { SpaceSearch } from './space-search';

export interface DuplicatesDeps {
  /** The model's space, also where a refined one answers searches: thresholds are cosines of the model. */
  space: Space;
  store: Pick<EmbeddingStore, 'vectorsSince' | 'lostSince' | 'counts'>;
  nearest: SpaceSearch['nearest'];
  logger: Logger;
}

export interface Duplicates {
  /** Links of at least this similarity, each once; goes on comparing in the background where pictures are new. */
  links(least: number): Promise<{ links: Link[]; done: number; total: number }>;
  /** Shows all links that are known, so far, to one who wants those around a threshold. */
  showTo(pairs: PairsAround): Promise<{ done: number; total: number }>;
  removed(fileIds: readonly FileId[]): void;
  stop(): void;
}

/** Neighbours that are looked at per picture: larger families are found through each other. */
const NEIGHBOURS = 16;
const PAGE = 200;
/** Longest wait for pictures that are being compared. */
const PATIENCE_MS = 1_500;

/** Knows which pictures of the library are nearly the same. Compares each picture once, when it is first asked. */
export function createDuplicates({ space, store, nearest, logger }: DuplicatesDeps): Duplicates {
  /** The first one is in use; while it is being copied, what goes has to go from the copy too. */
  let tables = [new LinkTable()];
  const table = () => tables[0];
  let seenSeq = 0;
  let seenLoss: number | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  function remove(fileIds: Iterable<FileId>): void {
    for (const fileId of fileIds) for (const table of tables) table.remove(fileId);
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
    seenLoss ??= (await store.counts(space.id)).lastSeq;
    while (!stopped) {
      const vectors = await store.vectorsSince(space.id, seenSeq, PAGE);
      // After them: one that was lost and stored again stays.
      const gone = await lost();
      remove(gone.keys());
      if (vectors.length === 0) return;
      for (const { fileId, seq, vector } of vectors) {
        if (stopped) return;
        if ((gone.get(fileId) ?? 0) < seq) {
          const near = await nearest(decodeFloat16(vector), NEIGHBOURS);
          table().add(fileId, near);
        }
        seenSeq = seq;
      }
      if (table().isWasteful) await tidy();
    }
  }

  async function tidy(): Promise<void> {
    const copy = new LinkTable();
    tables = [table(), copy];
    await table().copyTo(copy);
    tables = [copy];
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

  const compareProgress = async () => ({ done: table().size, total: (await store.counts(space.id)).vectors });

  return {
    async links(least) {
      await compareForAMoment();
      const found: Link[] = [];
      const known = table();
      const idAt = (place: number) => known.idAt(place) as FileId;
      await known.each((a, b, similarity) => found.push({ a: idAt(a), b: idAt(b), similarity }), least);
      return { links: found, ...(await compareProgress()) };
    },

    async showTo(pairs) {
      await compareForAMoment();
      const known = table();
      const idAt = (place: number) => known.idAt(place) as FileId;
      await known.each((a, b, similarity) => pairs.add({ a: idAt(a), b: idAt(b), similarity }));
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

export interface Group {
  pictures: FileId[];
  /** Of the weakest link. */
  similarity: number;
}

/** Pictures that hang together by links; the largest similarity first. */
export function groupLinks(links: readonly Link[]): Group[] {
  const parent = new Map<FileId, FileId>();
  const rootOf = (id: FileId): FileId => {
    let root = id;
    while ((parent.get(root) ?? root) !== root) root = parent.get(root) as FileId;
    parent.set(id, root);
    return root;
  };
  for (const { a, b } of links) parent.set(rootOf(a), rootOf(b));
  const groups = new Map<FileId, Group>();
  for (const { a, b, similarity } of links) {
    const group = groups.get(rootOf(a)) ?? { pictures: [], similarity };
    for (const id of [a, b]) if (!group.pictures.includes(id)) group.pictures.push(id);
    group.similarity = Math.min(group.similarity, similarity);
    groups.set(rootOf(a), group);
  }
  return [...groups.values()]
    .map((group) => ({ ...group, pictures: group.pictures.sort((a, b) => a - b) }))
    .sort((a, b) => b.similarity - a.similarity || a.pictures[0] - b.pictures[0]);
}
