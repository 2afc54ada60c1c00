import { setImmediate as breathe } from 'node:timers/promises';
import { SimilarError } from '../errors';
import { faultPoint } from '../fault-point';
import {
  type EmbeddingStore,
  type FileId,
  type ItemStatus,
  type Logger,
  type MediaEntry,
  type MediaSource,
  MISSING_STAMP,
  type Space,
} from '../ports';
import { createMissingHere, type MissingHere } from './missing-here';
import { unlessAborted } from './unless-aborted';

export interface SweepOptions {
  space: Space;
  store: EmbeddingStore;
  media: MediaSource;
  logger: Logger;
  /** Called after rows of vanished pictures were removed. */
  onRemoved: (fileIds: FileId[]) => void;
  /** What this process's sweeps have learnt of bytes that it does not see. */
  missingHere?: MissingHere;
  /** The bytes of many pictures are missing, and an operator says that they are gone for good. */
  acceptMissing?: boolean;
  /** Called at the end with the largest id of the library. */
  onSeen?(lastId: FileId): void;
  /** Ends it at once. */
  signal: AbortSignal;
  pageSize?: number;
}

export interface SweepResult {
  /** Pictures the queue did not know. */
  missing: number;
  /** Pictures whose bytes may have changed. */
  stale: number;
  /** Rows of pictures that are gone. */
  orphaned: number;
}

/**
 * Compares the media library with the queue by walking both in id order, and mends what hooks missed: bulk SQL, restored
 * backups, files older than the plugin. What it found is written at the end.
 * @throws SimilarError `LIBRARY_UNSEEN`: pictures whose bytes are missing were left as they are, all but a few; or the reason of the signal when it is aborted.
 */
export function sweep(options: SweepOptions): Promise<SweepResult> {
  return unlessAborted(() => walk(options), options.signal);
}

async function walk(options: SweepOptions): Promise<SweepResult> {
  const { space, store, media, logger, onRemoved, signal, acceptMissing = false, pageSize = 500 } = options;
  const { missingHere = createMissingHere() } = options;
  const files = pages(
    (after) => media.list(after, pageSize),
    (file) => file.id,
  );
  const rows = pages(
    (after) => store.list(space.id, after, pageSize),
    (row) => row.fileId,
  );
  const fresh: FileId[] = [];
  const stale: FileId[] = [];
  const bytesGone: ItemStatus[] = [];
  const absent: FileId[] = [];
  let known = 0;
  let lastId: FileId = 0;

  let file = await files.next();
  let row = await rows.next();
  while (!file.done || !row.done) {
    signal.throwIfAborted();
    if (!file.done) lastId = file.value.id;
    if (row.done || (!file.done && file.value.id < row.value.fileId)) {
      fresh.push((file.value as MediaEntry).id);
      file = await files.next();
    } else if (file.done || row.value.fileId < file.value.id) {
      absent.push(row.value.fileId);
      row = await rows.next();
    } else {
      known += 1;
      if (isStale(row.value, file.value)) {
        if (file.value.stamp === MISSING_STAMP) bytesGone.push(row.value);
        else stale.push(file.value.id);
      }
      file = await files.next();
      row = await rows.next();
    }
  }
  signal.throwIfAborted();
  const verdict = acceptMissing
    ? { ask: bytesGone.map(({ fileId }) => fileId), unseen: false }
    : missingHere.judge(bytesGone, known);
  const queued = [...fresh, ...stale, ...verdict.ask];
  for (let at = 0; at < queued.length; at += pageSize) {
    signal.throwIfAborted();
    await store.enqueue(space.id, queued.slice(at, at + pageSize));
  }
  faultPoint('swept');
  const orphaned = await stillAbsent(media, absent, pageSize);
  signal.throwIfAborted();
  if (orphaned.length > 0) {
    await store.forget(orphaned);
    onRemoved(orphaned);
  }
  options.onSeen?.(lastId);
  const result = { missing: fresh.length, stale: stale.length + verdict.ask.length, orphaned: orphaned.length };
  if (queued.length + orphaned.length > 0) {
    logger.info(
      `Sweep: ${result.missing} new pictures, ${result.stale} changed and ${result.orphaned} deleted that the hooks had missed`,
    );
  }
  if (verdict.unseen) {
    throw new SimilarError(
      'LIBRARY_UNSEEN',
      `The bytes of ${bytesGone.length} of ${known} known pictures are missing here, and no other node is known to have them`,
    );
  }
  return result;
}

/**
 * Pending rows are looked at anyway; rows without a stamp failed before the bytes could be seen. A file that cannot be looked
 * at now has no stamp either, and nothing is known of it.
 */
function isStale(row: ItemStatus, file: MediaEntry): boolean {
  const known = row.state !== 'pending' && row.stamp !== undefined && file.stamp !== undefined;
  if (!known || row.stamp === file.stamp) return false;
  return file.earlier === undefined || !row.stamp?.startsWith(file.earlier);
}

/** An upload during the sweep may get its row after the library's page was read: check again before forgetting. */
async function stillAbsent(media: MediaSource, ids: readonly FileId[], pageSize: number): Promise<FileId[]> {
  const absent: FileId[] = [];
  for (let at = 0; at < ids.length; at += pageSize) {
    if (at > 0) await breathe();
    const page = ids.slice(at, at + pageSize);
    const listed = await media.listed(page);
    absent.push(...page.filter((id) => !listed.has(id)));
  }
  return absent;
}

async function* pages<T>(
  page: (after: FileId) => Promise<T[]>,
  idOf: (item: T) => FileId,
): AsyncGenerator<T, undefined> {
  let after = 0;
  for (;;) {
    const items = await page(after);
    if (items.length === 0) return undefined;
    yield* items;
    after = idOf(items[items.length - 1]);
    // A database in this process may answer without a turn of the event loop.
    await breathe();
  }
}
