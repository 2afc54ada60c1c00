import type { AdminPicture } from '../../../plugin/contracts/admin';

interface Closable {
  close(): void;
}

export interface ThumbnailsDeps<Bitmap extends Closable> {
  /** What is known of these files; those that are gone are missing. */
  loadPictures(ids: number[], signal: AbortSignal): Promise<AdminPicture[]>;
  loadBitmap(url: string, signal: AbortSignal): Promise<Bitmap>;
  /** There is more to show than before. */
  onChange(): void;
}

/** Pictures that the map shows, loaded as they come into view. */
export interface Thumbnails<Bitmap extends Closable> {
  /** What is in view, the most wanted first. What was wanted before and is not in view any more is not loaded. */
  want(ids: readonly number[]): void;
  pictureOf(id: number): AdminPicture | undefined;
  bitmapOf(id: number): Bitmap | undefined;
  /** Loads a single one. @returns undefined when it is gone. */
  ask(id: number): Promise<AdminPicture | undefined>;
  close(): void;
}

/** Quiet time, so that what flies past is not loaded. */
const QUIET_MS = 80;
const PAGE = 100;
const AT_ONCE = 6;
/** Of 128 × 128 pixels at most: 52 MB. More than a screen shows. */
export const MOST_BITMAPS = 800;
const MOST_PICTURES = 5_000;

export function createThumbnails<Bitmap extends Closable>(deps: ThumbnailsDeps<Bitmap>): Thumbnails<Bitmap> {
  const abort = new AbortController();
  const { signal } = abort;
  /** null: gone. The least recently used are in front, here and below. */
  const pictures = new Map<number, AdminPicture | null>();
  /** null: cannot be shown. */
  const bitmaps = new Map<number, Bitmap | null>();
  const loading = new Set<number>();
  let wanted: readonly number[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let paging = false;

  function keep<Value>(cache: Map<number, Value>, most: number, id: number, value: Value): void {
    cache.delete(id);
    cache.set(id, value);
    for (const [oldest, old] of cache) {
      if (cache.size <= most) break;
      cache.delete(oldest);
      (old as Partial<Closable> | null)?.close?.();
    }
  }

  async function readPictures(ids: number[]): Promise<void> {
    const known = new Map((await deps.loadPictures(ids, signal)).map((picture) => [picture.id, picture]));
    for (const id of ids) keep(pictures, MOST_PICTURES, id, known.get(id) ?? null);
  }

  /** One page after the other; the images of the first load in the meantime. */
  async function readPages(): Promise<void> {
    if (paging) return;
    paging = true;
    try {
      while (!signal.aborted) {
        const page = wanted.filter((id) => !pictures.has(id)).slice(0, PAGE);
        if (page.length === 0) return;
        await readPictures(page);
        deps.onChange();
        readBitmaps();
      }
    } catch {
      // The next move of the map tries again.
    } finally {
      paging = false;
    }
  }

  async function readBitmap(id: number, url: string): Promise<void> {
    loading.add(id);
    const bitmap = await deps.loadBitmap(url, signal).catch(() => null);
    loading.delete(id);
    if (signal.aborted) return bitmap?.close();
    keep(bitmaps, MOST_BITMAPS, id, bitmap);
    deps.onChange();
    readBitmaps();
  }

  function readBitmaps(): void {
    for (const id of wanted.slice(0, MOST_BITMAPS)) {
      if (loading.size >= AT_ONCE || signal.aborted) return;
      const picture = pictures.get(id);
      if (picture && !bitmaps.has(id) && !loading.has(id)) void readBitmap(id, picture.thumbnail);
    }
  }

  return {
    want(ids) {
      wanted = ids;
      // What is in view goes last.
      for (const id of ids) {
        const bitmap = bitmaps.get(id);
        if (bitmap !== undefined) keep(bitmaps, MOST_BITMAPS, id, bitmap);
      }
      clearTimeout(timer);
      timer = setTimeout(() => {
        readBitmaps();
        void readPages();
      }, QUIET_MS);
    },

    pictureOf: (id) => pictures.get(id) ?? undefined,
    bitmapOf: (id) => bitmaps.get(id) ?? undefined,

    async ask(id) {
      if (!pictures.has(id)) await readPictures([id]);
      return pictures.get(id) ?? undefined;
    },

    close() {
      abort.abort();
      clearTimeout(timer);
      for (const bitmap of bitmaps.values()) bitmap?.close();
      bitmaps.clear();
    },
  };
}
