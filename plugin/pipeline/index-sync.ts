import { SimilarError } from '../errors';
import { faultPoint } from '../fault-point';
import type { EmbeddingStore, FileId, Logger, Space, VectorIndex } from '../ports';
import { unlessAborted } from './unless-aborted';
import { WakeUp } from './wake-up';

export interface IndexSyncOptions {
  space: Space;
  store: EmbeddingStore;
  index: VectorIndex;
  logger: Logger;
  pageSize?: number;
  /** Interval between checks for vectors that other nodes stored. */
  pollMs?: number;
  /** After how long everything is compared again, while searches go on. Default: only when something happens. */
  recheckMs?: number;
  /** Longest time a search waits for the first synchronisation. */
  patienceMs?: number;
}

export interface IndexSync {
  /** Opens the index and brings it to the state of the store in the background. */
  start(): void;
  /** Vectors were stored, or lost. */
  wake(): void;
  /** The index lost its memory (its process restarted, or it was cleared): compare everything again. */
  reset(): void;
  /** The index may lack something since it was away: compare again, while searches go on. */
  recheck(): void;
  /** Resolves when searches see the whole store. @throws SimilarError `INDEX_UNAVAILABLE` when that takes too long. */
  ready(): Promise<void>;
  /** Whether the index has been compared with the store since it was opened. */
  readonly synced: boolean;
  /** Whether the index has every vector that is in the store at this moment. */
  current(): Promise<boolean>;
  /** Ends at once, also while the index is opened or loaded. */
  stop(): Promise<void>;
}

/**
 * Keeps the index equal to the store. The only way into the index and out of it: whoever stores a vector, or takes it away, here or on
 * another node, it is heard of from the store by its sequence number.
 */
export function createIndexSync(options: IndexSyncOptions): IndexSync {
  const { space, store, index, logger, pageSize = 1_000, pollMs = 3_000, patienceMs = 5_000 } = options;
  const { recheckMs = Number.POSITIVE_INFINITY } = options;
  const wakeUp = new WakeUp();
  let synced = false;
  let opened = false;
  const ending = new AbortController();
  const stop = ending.signal;
  /** Every vector up to this sequence number was fetched. Its own writes do not move it: another node's may lie before them. */
  let seenSeq = 0;
  let seenLoss = 0;
  let generation = 0;
  /** Asked for, and done. */
  const rechecks = { wanted: 0, done: 0 };
  let comparedAt = 0;
  let loop: Promise<void> = Promise.resolve();
  let waiters: Array<() => void> = [];

  async function open(): Promise<void> {
    const status = await index.open(space);
    if (status.rebuiltBecause) logger.warn(`The index is rebuilt from the database: ${status.rebuiltBecause}`);
    opened = true;
  }

  /** Compares index and store key by key; afterwards only later sequence numbers are fetched. */
  async function compare(): Promise<void> {
    const indexed = new Map((await index.keys()).map(({ fileId, seq }) => [fileId, seq]));
    const lastSeq = await store.lastSeq(space.id);
    const wrong = new Set<FileId>();
    const wanted = new Map<FileId, number>();
    for (let after = 0; ; ) {
      stop.throwIfAborted();
      const keys = await store.vectorKeys(space.id, after, pageSize);
      if (keys.length === 0) break;
      for (const { fileId, seq } of keys) {
        const heldSeq = indexed.get(fileId);
        indexed.delete(fileId);
        if (heldSeq === seq) continue;
        // A newer vector than the store's comes from before a database backup was restored.
        if (heldSeq !== undefined && heldSeq > seq) wrong.add(fileId);
        wanted.set(fileId, seq);
      }
      after = keys[keys.length - 1].fileId;
    }
    for (const fileId of indexed.keys()) wrong.add(fileId);
    if (wrong.size > 0) await index.remove([...wrong]);
    if (wanted.size > 0) await fetchVectors(wanted);
    seenSeq = lastSeq;
    // Those before it are lost to the keys as well.
    seenLoss = lastSeq;
  }

  /** After a crash what is missing is the newest: nothing before it is read. */
  async function fetchVectors(wanted: Map<FileId, number>): Promise<void> {
    if (wanted.size > pageSize) logger.info(`Loading ${wanted.size} vectors into the index`);
    let first = Number.POSITIVE_INFINITY;
    for (const seq of wanted.values()) first = Math.min(first, seq);
    for (let after = first - 1; wanted.size > 0; ) {
      const vectors = await store.vectorsSince(space.id, after, pageSize);
      stop.throwIfAborted();
      if (vectors.length === 0) break;
      await index.put(vectors.filter(({ fileId }) => wanted.delete(fileId)));
      after = vectors[vectors.length - 1].seq;
    }
  }

  async function fetchNew(): Promise<void> {
    for (;;) {
      const vectors = await store.vectorsSince(space.id, seenSeq, pageSize);
      stop.throwIfAborted();
      if (vectors.length === 0) return;
      faultPoint('fetched');
      await index.put(vectors);
      seenSeq = vectors[vectors.length - 1].seq;
    }
  }

  async function removeLost(): Promise<void> {
    for (;;) {
      const lost = await store.lostSince(space.id, seenLoss, pageSize);
      stop.throwIfAborted();
      if (lost.length === 0) return;
      const ids = [...new Set(lost.map(({ fileId }) => fileId))];
      // Some may have another vector by now, which was fetched or will be.
      const holders = new Set<FileId>();
      for (const { fileId, hasVector } of await store.status(space.id, ids)) if (hasVector) holders.add(fileId);
      const gone = ids.filter((id) => !holders.has(id));
      if (gone.length > 0) await index.remove(gone);
      seenLoss = lost[lost.length - 1].seq;
    }
  }

  async function bringUpToDate(): Promise<void> {
    if (!opened) await open();
    const { wanted, done } = rechecks;
    if (!synced || wanted > done || performance.now() - comparedAt >= recheckMs) {
      await compare();
      comparedAt = performance.now();
    }
    rechecks.done = wanted;
    await fetchNew();
    await removeLost();
  }

  async function run(): Promise<void> {
    let failures = 0;
    let problem: string | undefined;
    while (!stop.aborted) {
      wakeUp.clear();
      try {
        const current = generation;
        await unlessAborted(bringUpToDate, stop);
        if (!synced && current === generation) {
          synced = true;
          for (const resolve of waiters) resolve();
          waiters = [];
        }
        failures = 0;
        problem = undefined;
      } catch (error) {
        failures += 1;
        const { message } = error as Error;
        // Once per reason: it may last for hours. The index may have told it itself.
        const isTold = error instanceof SimilarError && error.details.isTold === true;
        if (!stop.aborted && !isTold && message !== problem)
          logger.warn(`The index could not be updated; trying again: ${message}`);
        problem = message;
      }
      await wakeUp.wait(failures > 0 ? Math.min(200 * 2 ** failures, 30_000) : pollMs);
    }
  }

  return {
    start() {
      loop = run();
    },
    wake: () => wakeUp.set(),
    reset() {
      generation += 1;
      synced = false;
      wakeUp.set();
    },
    recheck() {
      rechecks.wanted += 1;
      wakeUp.set();
    },
    async ready() {
      if (synced) return;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          waiters = waiters.filter((waiter) => waiter !== done);
          reject(new SimilarError('INDEX_UNAVAILABLE', 'The index is being loaded; try again in a few seconds'));
        }, patienceMs);
        const done = () => {
          clearTimeout(timer);
          resolve();
        };
        waiters.push(done);
      });
    },
    get synced() {
      return synced;
    },
    async current() {
      return synced && seenSeq >= (await store.lastSeq(space.id));
    },
    async stop() {
      ending.abort();
      wakeUp.set();
      await loop;
    },
  };
}
