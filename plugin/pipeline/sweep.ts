import type { EmbeddingStore, FileId, ItemStatus, Logger, MediaEntry, MediaSource, Space } from './ports';
import { unlessAborted } from './unless-aborted';

export interface SweepOptions {
  space: Space;
  store: EmbeddingStore;
  media: MediaSource;
  logger: Logger;
  /** Called after rows of vanished pictures were removed. */
  onRemoved: (fileIds: FileId[]) => void;
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
 * backups, files older than the plugin.
 * @throws the reason of the signal when it is aborted.
 */
export function sweep(options: SweepOptions): Promise<SweepResult> {
  return unlessAborted(() => walk(options), options.signal);
}

async function walk(options: SweepOptions): Promise<SweepResult> {
  const { space, store, media, logger, onRemoved, signal, pageSize = 500 } = options;
  const files = pages(
    (after) => media.list(after, pageSize),
    (file) => file.id,
  );
  const rows = pages(
    (after) => store.list(space.id, after, pageSize),
    (row) => row.fileId,
  );
  const changes = new Changes(space, store, media, onRemoved, pageSize);

  let file = await files.next();
  let row = await rows.next();
  while (!file.done || !row.done) {
    signal.throwIfAborted();
    if (row.done || (!file.done && file.value.id < row.value.fileId)) {
      await changes.missing((file.value as MediaEntry).id);
      file = await files.next();
    } else if (file.done || row.value.fileId < file.value.id) {
      await changes.orphaned(row.value.fileId);
      row = await rows.next();
    } else {
      if (isStale(row.value, file.value)) await changes.stale(file.value.id);
      file = await files.next();
      row = await rows.next();
    }
  }
  signal.throwIfAborted();
  const result = await changes.apply();
  if (result.missing + result.stale + result.orphaned > 0) {
    logger.info(
      `Sweep: ${result.missing} new pictures, ${result.stale} changed, ${result.orphaned} gone since the hooks last saw them`,
    );
  }
  return result;
}

/** Pending rows are looked at anyway; rows without a stamp failed before the bytes could be seen. */
function isStale(row: ItemStatus, file: MediaEntry): boolean {
  return row.state !== 'pending' && row.stamp !== undefined && row.stamp !== file.stamp;
}

class Changes {
  private readonly result: SweepResult = { missing: 0, stale: 0, orphaned: 0 };
  private queue: FileId[] = [];
  private gone: FileId[] = [];

  constructor(
    private readonly space: Space,
    private readonly store: EmbeddingStore,
    private readonly media: MediaSource,
    private readonly onRemoved: (fileIds: FileId[]) => void,
    private readonly pageSize: number,
  ) {}

  async missing(id: FileId): Promise<void> {
    this.result.missing += 1;
    await this.enqueue(id);
  }

  async stale(id: FileId): Promise<void> {
    this.result.stale += 1;
    await this.enqueue(id);
  }

  async orphaned(id: FileId): Promise<void> {
    // An upload during the sweep has its row after the library's page was read: look again before forgetting.
    const [file] = await this.media.list(id - 1, 1);
    if (file?.id === id) return;
    this.result.orphaned += 1;
    this.gone.push(id);
    if (this.gone.length >= this.pageSize) await this.apply();
  }

  async apply(): Promise<SweepResult> {
    const { queue, gone } = this;
    this.queue = [];
    this.gone = [];
    if (queue.length > 0) await this.store.enqueue(this.space.id, queue);
    if (gone.length > 0) {
      await this.store.forget(gone);
      this.onRemoved(gone);
    }
    return this.result;
  }

  private async enqueue(id: FileId): Promise<void> {
    this.queue.push(id);
    if (this.queue.length >= this.pageSize) await this.apply();
  }
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
  }
}
