import { setImmediate as breathe } from 'node:timers/promises';
import type { EmbeddingStore, FileId, Logger, Space } from '../ports';
import { decodeFloat16 } from '../vectors/float16';
import type { Link } from './link';
import type { PairsAround } from './pairs-around';
import type { SpaceSearch } from './space-search';

export interface DuplicatesDeps {
  /** The model's space, also where a refined one answers searches: thresholds are cosines of the model. */
  space: Space;
  store: Pick<EmbeddingStore, 'vectorsSince' | 'counts'>;
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

/** What is less alike is no duplicate: below it most pairs are different pictures (native-bench/results/near-duplicates.md). */
export const LEAST_SIMILARITY = 0.8;

/** Neighbours that are looked at per picture: larger families are found through each other. */
const NEIGHBOURS = 16;
const PAGE = 200;
/** Links that are looked at before others have their turn: a millisecond or so. */
const BREATH = 10_000;
/** Longest wait for pictures that are being compared. */
const PATIENCE_MS = 1_500;

/** Knows which pictures of the library are nearly the same. Compares each picture once, when it is first asked. */
export function createDuplicates({ space, store, nearest, logger }: DuplicatesDeps): Duplicates {
  const links = new Map<FileId, Map<FileId, number>>();
  const compared = new Set<FileId>();
  let seenSeq = 0;
  let running: Promise<void> | undefined;
  let stopped = false;

  function forget(fileId: FileId): void {
    for (const other of links.get(fileId)?.keys() ?? []) links.get(other)?.delete(fileId);
    links.delete(fileId);
    compared.delete(fileId);
  }

  function link(a: FileId, b: FileId, similarity: number): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ]) {
      const of = links.get(from) ?? new Map<FileId, number>();
      links.set(from, of.set(to, similarity));
    }
  }

  async function compareNew(): Promise<void> {
    while (!stopped) {
      const vectors = await store.vectorsSince(space.id, seenSeq, PAGE);
      if (vectors.length === 0) return;
      for (const { fileId, seq, vector } of vectors) {
        if (stopped) return;
        const near = await nearest(decodeFloat16(vector), NEIGHBOURS);
        forget(fileId);
        compared.add(fileId);
        for (const { fileId: other, similarity } of near) {
          if (other !== fileId && similarity >= LEAST_SIMILARITY) link(fileId, other, similarity);
        }
        seenSeq = seq;
      }
    }
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

  const compareProgress = async () => ({ done: compared.size, total: (await store.counts(space.id)).vectors });

  return {
    async links(least) {
      await compareForAMoment();
      const found: Link[] = [];
      for (const [a, others] of links) {
        for (const [b, similarity] of others) if (a < b && similarity >= least) found.push({ a, b, similarity });
      }
      return { links: found, ...(await compareProgress()) };
    },

    async showTo(pairs) {
      await compareForAMoment();
      let shown = 0;
      for (const [a, others] of links) {
        for (const [b, similarity] of others) pairs.add({ a, b, similarity });
        shown += others.size;
        if (shown < BREATH) continue;
        shown = 0;
        await breathe();
      }
      return compareProgress();
    },

    removed(fileIds) {
      for (const fileId of fileIds) forget(fileId);
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
