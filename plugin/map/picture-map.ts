import type { EmbeddingStore, FileId, Logger, Space } from '../ports';
import { type Layout, type PlacedSpot, readLayout, stampOf, writeLayout } from './file';
import { type LayoutOptions, layOut } from './layout';
import { MOST_ASKED, type Neighbourly, neighbourhood, neighboursOf, sampleOf } from './neighbourhood';
import { placeNear } from './place';
import { slices } from './slices';

export interface PictureMapDeps {
  space: Space;
  store: Pick<EmbeddingStore, 'vectorKeys'>;
  /** What answers searches now. */
  search(): Neighbourly;
  /** Where the layout is kept; may be on a disk that several nodes share. */
  file: string;
  logger: Logger;
  /** Most pictures that are laid out together. */
  largest?: number;
  onLayoutStart?: LayoutOptions['onStart'];
}

export interface MapState {
  spots: ReadonlyMap<FileId, PlacedSpot>;
  /** Pictures with a vector, once it is known. */
  total?: number;
  /** From 0 to 1, while the map is being laid out. */
  computing?: number;
  /** Why it could not be, the last time. */
  problem?: string;
}

/** The library in two dimensions: alike pictures lie near each other. */
export interface PictureMap {
  /** The map as it is; brings it up to date in the background. Nothing is computed for a map that nobody has opened. */
  state(): Promise<MapState>;
  /** Lays it out again. */
  recompute(): void;
  stop(): void;
}

/** The map is laid out again when this share of pictures has come or gone; until then new ones are placed by their neighbours. */
const STALE_SHARE = 0.2;
/** Fewer pictures are placed in a row: there is no neighbourhood to lay out. */
const FEWEST = 4;
/** Neighbours that a new picture is placed by. */
const PLACED_BY = 8;
/** Longest wait for what is new to be placed. */
const PATIENCE_MS = 1_500;
/** After a failure; `recompute` does not wait. */
const RETRY_MS = 60_000;

const EMPTY: Layout = { spots: new Map(), by: '', laidOut: 0, changes: 0 };
/** Rows that are read at once. */
const PAGE = 2_000;

export function createPictureMap(deps: PictureMapDeps): PictureMap {
  const { space, store, search, file, logger, largest } = deps;
  const abort = new AbortController();
  let layout = EMPTY;
  let fileStamp: string | undefined;
  let total: number | undefined;
  let computing: number | undefined;
  let problem: string | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let anew = false;
  /** Pictures that the last layout left out: no reason for another one. */
  let leftOut = 0;
  let running: Promise<void> | undefined;

  /** Another node may have written a newer one. */
  async function load(): Promise<void> {
    const stamp = await stampOf(file);
    if (stamp === fileStamp) return;
    const read = await readLayout(file, space.id);
    fileStamp = stamp;
    if (read.layout) layout = read.layout;
    if (read.problem) logger.warn(`The saved map of ${space.id} is laid out again: ${read.problem}`);
  }

  async function keep(next: Layout): Promise<void> {
    abort.signal.throwIfAborted();
    layout = next;
    try {
      await writeLayout(file, space.id, next);
      fileStamp = await stampOf(file);
    } catch (error) {
      logger.warn(`The map of ${space.id} is only kept in memory: ${(error as Error).message}`);
    }
  }

  /** Puts pictures next to those that are there already. @returns those that have none of them near. */
  async function place(
    fileIds: readonly FileId[],
    seqs: ReadonlyMap<FileId, number>,
    spots: Map<FileId, PlacedSpot>,
    nearest = PLACED_BY,
  ): Promise<FileId[]> {
    const unplaced: FileId[] = [];
    for await (const { fileId, near } of neighboursOf(search(), fileIds, nearest)) {
      abort.signal.throwIfAborted();
      const spot = placeNear(fileId, near, (id) => spots.get(id));
      if (spot) spots.set(fileId, { ...spot, seq: seqs.get(fileId) as number });
      else unplaced.push(fileId);
    }
    return unplaced;
  }

  async function compute(seqs: ReadonlyMap<FileId, number>): Promise<void> {
    const all = [...seqs.keys()];
    const by = search();
    const chosen = sampleOf(all, largest);
    const known = layout.spots;
    const spots = new Map<FileId, PlacedSpot>();
    const put = (fileId: FileId, x: number, y: number) => spots.set(fileId, { x, y, seq: seqs.get(fileId) as number });
    if (chosen.length < FEWEST) {
      for (const [at, fileId] of chosen.entries()) put(fileId, at, 0);
    } else {
      computing = 0;
      const half = (from: number) => (share: number) => {
        abort.signal.throwIfAborted();
        computing = from + share / 2;
      };
      const job = await neighbourhood(by, chosen, all.length, (id) => known.get(id), half(0));
      const xy = await layOut(job, { onProgress: half(0.5), onStart: deps.onLayoutStart, signal: abort.signal });
      for (const [row, fileId] of chosen.entries()) put(fileId, xy[2 * row], xy[2 * row + 1]);
    }
    const others = all.filter((fileId) => !spots.has(fileId));
    // Copies may have none but each other near.
    leftOut = (await place(await place(others, seqs, spots), seqs, spots, MOST_ASKED)).length;
    await keep({ spots, by: by.space.id, laidOut: all.length, changes: 0 });
    problem = undefined;
  }

  /** Sequence numbers of all vectors, by ascending id. */
  async function readKeys(): Promise<Map<FileId, number>> {
    const seqs = new Map<FileId, number>();
    for (let after = 0; ; ) {
      const page = await store.vectorKeys(space.id, after, PAGE);
      for (const { fileId, seq } of page) seqs.set(fileId, seq);
      if (page.length < PAGE) return seqs;
      after = page[page.length - 1].fileId;
    }
  }

  async function update(): Promise<void> {
    const seqs = await readKeys();
    total = seqs.size;
    const spots = new Map<FileId, PlacedSpot>();
    for await (const slice of slices([...layout.spots])) {
      for (const [fileId, spot] of slice) if (seqs.get(fileId) === spot.seq) spots.set(fileId, spot);
    }
    const gone = layout.spots.size - spots.size;
    const fresh = [...seqs.keys()].filter((fileId) => !spots.has(fileId));
    const unplaced = spots.size > 0 ? (await place(fresh, seqs, spots)).length : fresh.length;
    if (gone + fresh.length - unplaced > 0) {
      await keep({ ...layout, spots, changes: layout.changes + gone + fresh.length - unplaced });
    }
    const changed = layout.changes > STALE_SHARE * layout.laidOut || layout.by !== search().space.id;
    const isStale = seqs.size > 0 && (changed || unplaced > leftOut);
    const waits = performance.now() - failedAt < RETRY_MS;
    if (!anew && (!isStale || waits)) return;
    anew = false;
    await compute(seqs);
  }

  function updateInBackground(): Promise<void> {
    running ??= update()
      .catch((error) => {
        if (abort.signal.aborted) return;
        failedAt = performance.now();
        problem = (error as Error).message;
        logger.warn(`The map of ${space.id} could not be laid out: ${problem}`);
      })
      .finally(() => {
        computing = undefined;
        running = undefined;
      });
    return running;
  }

  return {
    async state() {
      if (!running) await load();
      const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
      if (!abort.signal.aborted) await Promise.race([updateInBackground(), patience]);
      return {
        spots: layout.spots,
        ...(total !== undefined && { total }),
        ...(computing !== undefined && { computing: Math.round(computing * 100) / 100 }),
        ...(problem !== undefined && { problem }),
      };
    },

    recompute() {
      anew = true;
      if (!abort.signal.aborted) void updateInBackground();
    },

    stop: () => abort.abort(),
  };
}
