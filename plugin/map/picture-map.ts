import type { EmbeddingStore, FileId, Logger, Space } from '../ports';
import type { Layout, PlacedSpot } from './file';
import { createKeptLayout } from './kept-layout';
import { type LayoutOptions, layOut } from './layout';
import { MOST_ASKED, type Neighbourly, neighbourhood, neighboursOf, sampleOf } from './neighbourhood';
import { placeNear } from './place';
import { type LayoutProgress, reportUntilCancelled, type SharedLayout } from './shared-layout';
import { slices } from './slices';
import { createTimeLeft } from './time-left';
import { vectorKeysOf } from './vector-keys';

export interface PictureMapDeps {
  space: Space;
  store: Pick<EmbeddingStore, 'vectorKeys'>;
  /** What answers searches now. */
  search(): Neighbourly;
  /** Where the layout is kept; may be on a disk that several nodes share. */
  file: string;
  shared: SharedLayout;
  logger: Logger;
  /** Most pictures that are laid out together. */
  largest?: number;
  /** How often other nodes are told how far the layout is, and it is looked whether one of them has cancelled it. */
  reportMs?: number;
  onLayoutStart?: LayoutOptions['onStart'];
}

export interface MapState {
  spots: ReadonlyMap<FileId, PlacedSpot>;
  /** Pictures with a vector, once it is known. */
  total?: number;
  /** From 0 to 1, while the map is being laid out, on whichever node. */
  computing?: number;
  /** Until it is; absent while it is not known. */
  secondsLeft?: number;
  /** A layout is due, but was cancelled: `recompute` starts it. */
  cancelled?: true;
  /** Why it could not be, the last time. */
  problem?: string;
}

/** The library in two dimensions: alike pictures lie near each other. */
export interface PictureMap {
  /** The map as it is; brings it up to date in the background. Nothing is computed for a map that nobody has opened. */
  state(): Promise<MapState>;
  /** Lays it out again. Resolves when that has begun. */
  recompute(): Promise<void>;
  /**
   * Ends the layout, on whichever node it is being made; the map stays as it was. One that was due is not made until `recompute`.
   * Resolves when the work here has ended.
   * @returns whether there was a layout to end: one that is about to be kept is finished.
   */
  cancel(): Promise<boolean>;
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

export function createPictureMap(deps: PictureMapDeps): PictureMap {
  const { space, store, search, file, shared, logger, largest } = deps;
  const abort = new AbortController();
  const kept = createKeptLayout({ space: space.id, file, logger });
  let total: number | undefined;
  let computing: number | undefined;
  let secondsLeft: number | undefined;
  /** Of a layout that another node is at. */
  let elsewhere: LayoutProgress | undefined;
  let cancelled = false;
  /** Of the layout that is being made. */
  let job: AbortController | undefined;
  /** How many layouts have been cancelled here. */
  let ended = 0;
  let problem: string | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let anew = false;
  /** Pictures that the last layout left out: no reason for another one. */
  let leftOut = 0;
  let running: Promise<void> | undefined;

  async function keep(next: Layout): Promise<void> {
    abort.signal.throwIfAborted();
    await kept.keep(next);
  }

  /** Puts pictures next to those that are there already. @returns those that have none of them near. */
  async function place(
    fileIds: readonly FileId[],
    seqs: ReadonlyMap<FileId, number>,
    spots: Map<FileId, PlacedSpot>,
    nearest = PLACED_BY,
    signal = abort.signal,
  ): Promise<FileId[]> {
    const unplaced: FileId[] = [];
    for await (const { fileId, near } of neighboursOf(search(), fileIds, nearest)) {
      signal.throwIfAborted();
      const spot = placeNear(fileId, near, (id) => spots.get(id));
      if (spot) spots.set(fileId, { ...spot, seq: seqs.get(fileId) as number });
      else unplaced.push(fileId);
    }
    return unplaced;
  }

  /** @returns whether it was laid out, and not cancelled. */
  async function computeUnlessCancelled(seqs: ReadonlyMap<FileId, number>, turn: number): Promise<boolean> {
    const own = new AbortController();
    job = own;
    const progress = () => ({ share: computing ?? 0, secondsLeft });
    const reports = reportUntilCancelled(shared, turn, own, progress, deps.reportMs);
    try {
      await compute(seqs, AbortSignal.any([abort.signal, own.signal]), reports.beforeKept);
      return true;
    } catch (error) {
      if (!own.signal.aborted) throw error;
      ended++;
      return false;
    } finally {
      job = undefined;
      await reports.end();
    }
  }

  async function compute(
    seqs: ReadonlyMap<FileId, number>,
    signal: AbortSignal,
    beforeKept: () => Promise<void>,
  ): Promise<void> {
    const all = [...seqs.keys()];
    const by = search();
    const chosen = sampleOf(all, largest);
    const known = kept.current.spots;
    const spots = new Map<FileId, PlacedSpot>();
    const put = (fileId: FileId, x: number, y: number) => spots.set(fileId, { x, y, seq: seqs.get(fileId) as number });
    if (chosen.length < FEWEST) {
      for (const [at, fileId] of chosen.entries()) put(fileId, at, 0);
    } else {
      computing = 0;
      const onFound = (share: number) => {
        signal.throwIfAborted();
        computing = share / 2;
      };
      const job = await neighbourhood(by, chosen, all.length, (id) => known.get(id), onFound);
      // Only of this half, most of the time: the speed of the other one says nothing of it.
      const timeLeft = createTimeLeft();
      const onProgress = (share: number) => {
        computing = (1 + share) / 2;
        secondsLeft = timeLeft(share);
      };
      const xy = await layOut(job, { onProgress, onStart: deps.onLayoutStart, signal });
      for (const [row, fileId] of chosen.entries()) put(fileId, xy[2 * row], xy[2 * row + 1]);
    }
    const others = all.filter((fileId) => !spots.has(fileId));
    // Copies may have none but each other near.
    const left = await place(others, seqs, spots, PLACED_BY, signal);
    leftOut = (await place(left, seqs, spots, MOST_ASKED, signal)).length;
    signal.throwIfAborted();
    await beforeKept();
    signal.throwIfAborted();
    await keep({ spots, by: by.space.id, laidOut: all.length, changes: 0 });
    problem = undefined;
  }

  async function update(): Promise<void> {
    const { turn, held, ...known } = await shared.read();
    elsewhere = known.elsewhere;
    // Another node keeps its layout before it stops telling of it.
    await kept.load();
    const seqs = await vectorKeysOf(store, space.id);
    total = seqs.size;
    const spots = new Map<FileId, PlacedSpot>();
    for await (const slice of slices([...kept.current.spots])) {
      for (const [fileId, spot] of slice) if (seqs.get(fileId) === spot.seq) spots.set(fileId, spot);
    }
    const gone = kept.current.spots.size - spots.size;
    const fresh = [...seqs.keys()].filter((fileId) => !spots.has(fileId));
    const unplaced = spots.size > 0 ? (await place(fresh, seqs, spots)).length : fresh.length;
    if (gone + fresh.length - unplaced > 0) {
      await keep({ ...kept.current, spots, changes: kept.current.changes + gone + fresh.length - unplaced });
    }
    const changed = kept.current.changes > STALE_SHARE * kept.current.laidOut || kept.current.by !== search().space.id;
    const isStale = seqs.size > 0 && (changed || unplaced > leftOut);
    const waits = performance.now() - failedAt < RETRY_MS;
    cancelled = held && isStale && !anew;
    if (!anew && (!isStale || waits || cancelled)) return;
    anew = false;
    if ((await computeUnlessCancelled(seqs, turn)) || !isStale) return;
    cancelled = true;
    await shared.keep();
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
        secondsLeft = undefined;
        running = undefined;
      });
    return running;
  }

  return {
    async state() {
      if (!running) await kept.load();
      const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
      if (!abort.signal.aborted) await Promise.race([updateInBackground(), patience]);
      const progress = computing === undefined ? elsewhere : { share: computing, secondsLeft };
      return {
        spots: kept.current.spots,
        ...(total !== undefined && { total }),
        ...(progress && { computing: Math.round(progress.share * 100) / 100 }),
        ...(progress?.secondsLeft !== undefined && { secondsLeft: Math.ceil(progress.secondsLeft) }),
        ...(cancelled && { cancelled }),
        ...(problem !== undefined && { problem }),
      };
    },

    async recompute() {
      await shared.release();
      anew = true;
      cancelled = false;
      if (!abort.signal.aborted) void updateInBackground();
    },

    async cancel() {
      const ending = running;
      const before = ended;
      const waited = anew;
      anew = false;
      let elsewhereEnded = false;
      try {
        elsewhereEnded = await shared.cancel();
      } finally {
        job?.abort();
      }
      await ending;
      return waited || elsewhereEnded || ended > before;
    },

    stop: () => abort.abort(),
  };
}
