import type { Claim, Embedded, Embedder, EmbeddingStore, FileId, Logger, MediaSource, Space } from '../ports';
import { createEmbedPicture } from './embed-picture';
import { Rate } from './rate';
import { createSight } from './sight';
import { WakeUp } from './wake-up';
import { WriteBatch } from './write-batch';

export interface QueueWorkerOptions {
  space: Space;
  store: EmbeddingStore;
  media: MediaSource;
  /** Without `status` it is taken for one that runs, until it says otherwise of a picture. */
  embedder: Pick<Embedder, 'capacity' | 'embed'> & Partial<Pick<Embedder, 'status'>>;
  logger: Logger;
  /** Called after vectors were stored, so that the index fetches them. */
  onStored: (fileIds: FileId[]) => void;
  /** Called after pictures lost their vectors. */
  onRemoved: (fileIds: FileId[]) => void;
  leaseMs?: number;
  /** Time until a picture whose bytes were unavailable is tried again; doubles from then on. */
  retryMs?: number;
  /** Interval between checks of the queue when nothing wakes the worker: other nodes enqueue too. */
  pollMs?: number;
  /** Longest time a finished vector waits for others before it is stored; it does not wait when no others are being made. */
  flushMs?: number;
}

export interface QueueWorker {
  start(): void;
  /** There may be work. */
  wake(): void;
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  /** Pictures per second over the last minute. */
  rate(): number;
  /** Pictures since it was made. */
  readonly embedded: number;
  /** Stores what is finished and gives the rest back to the queue. */
  stop(): Promise<void>;
}

const ENGINE_POLL_MS = 200;
/** Vectors of one transaction. */
const OUTBOX_SIZE = 32;
/** Where the database is slower than the embedder, no more vectors than this wait for it. */
const MOST_UNSTORED = 4 * OUTBOX_SIZE;
/** Pictures that are claimed, in loads of the embedder: it works on one while the next is claimed. */
const LOADS = 2;
/** Of looks at the queue: time enough for every node that runs to have taken what it sees. */
const PATIENCE = 3;

/** Keeps the embedder busy with rows of the queue. */
export function createQueueWorker(options: QueueWorkerOptions): QueueWorker {
  const {
    space,
    store,
    media,
    embedder,
    logger,
    leaseMs = 30_000,
    retryMs = 10_000,
    pollMs = 2_000,
    flushMs = 150,
  } = options;
  const inFlight = new Map<Claim, Promise<void>>();
  const rate = new Rate();
  const wakeUp = new WakeUp();
  const batch = new WriteBatch(
    async (items) => {
      const stored = await store.complete(items);
      options.onStored(stored.map(({ fileId }) => fileId));
    },
    flushMs,
    OUTBOX_SIZE,
  );
  const outbox = {
    add(item: Embedded): Promise<void> {
      const stored = batch.add(item);
      if (beingEmbedded() === 0) void batch.flush();
      wakeUp.set();
      return stored;
    },
  };
  const embedPicture = createEmbedPicture({ ...options, retryMs, batch: outbox });
  const sight = createSight({ space, store, media, patienceMs: PATIENCE * pollMs });
  let paused = false;
  let embedded = 0;
  /** No engine ran a moment ago. */
  let restUntil = 0;
  let said: string | undefined;
  let stopped = false;
  let loop: Promise<void> = Promise.resolve();
  let renewal: NodeJS.Timeout | undefined;

  /** Those whose vectors wait to be stored keep nobody else waiting. */
  const beingEmbedded = (): number => inFlight.size - batch.waiting;

  /** Bytes are opened, hashed and downloaded for an engine that runs, and for no other. Says once why pictures wait. */
  function engineRuns(): boolean {
    const { state, problem } = embedder.status?.() ?? { state: 'ready' };
    if (state === 'broken' && said !== problem) {
      said = problem;
      logger.warn(`No engine can run, so all pictures wait in the queue: ${problem}`);
    }
    if (state === 'ready') said = undefined;
    return state === 'ready' && performance.now() >= restUntil;
  }

  /** @returns whether the queue had rows to give. */
  async function claimMore(): Promise<boolean> {
    if (paused || !engineRuns()) return false;
    // Many with one statement, and early enough that the embedder always has the next ones at hand.
    if (beingEmbedded() > (LOADS - 1) * embedder.capacity || batch.waiting > MOST_UNSTORED) return false;
    // One that may stop the server is worked on with no others after it.
    for (const { attempts } of inFlight.keys()) if (attempts > 1) return false;
    const claims = await claim(LOADS * embedder.capacity - beingEmbedded());
    for (const claim of claims) {
      const work = embedPicture(claim).then((outcome) => {
        inFlight.delete(claim);
        if (outcome === 'done') {
          embedded++;
          rate.count();
        }
        // If the embedder reports its state, use that; otherwise only trying tells.
        if (outcome === 'down') restUntil = performance.now() + (embedder.status ? pollMs : retryMs);
        wakeUp.set();
      });
      inFlight.set(claim, work);
    }
    return claims.length > 0 || (inFlight.size === 0 && (await sight.reviveReturned()));
  }

  /** Only what can be seen here: another node may see the rest. What no node has taken for a while ends with the reason. */
  async function claim(count: number): Promise<Claim[]> {
    let unseen = 0;
    const claims = await store.claim(space.id, count, leaseMs, async (ids) => {
      const here = await sight.among(ids);
      unseen = ids.length - here.size;
      return here;
    });
    if (inFlight.size > 0) return claims;
    const isAbandoned = await sight.abandoned(claims.length === 0 && unseen > 0);
    return isAbandoned ? store.claim(space.id, count, leaseMs) : claims;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      wakeUp.clear();
      let claimed = false;
      try {
        claimed = await claimMore();
      } catch (error) {
        logger.warn(`The queue could not be read; trying again: ${error instanceof Error ? error.message : error}`);
      }
      // An engine that has just become ready gets work at once.
      if (!claimed) await wakeUp.wait(engineRuns() ? pollMs : Math.min(pollMs, ENGINE_POLL_MS));
    }
  }

  return {
    start() {
      renewal = setInterval(() => {
        store
          .renew([...inFlight.keys()], leaseMs)
          .catch((error) => logger.warn(`Leases could not be renewed: ${error.message}`));
      }, leaseMs / 3);
      renewal.unref();
      loop = run();
    },
    wake() {
      sight.lookAnew();
      wakeUp.set();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      wakeUp.set();
    },
    get paused() {
      return paused;
    },
    rate: () => rate.perSecond(),
    get embedded() {
      return embedded;
    },
    async stop() {
      stopped = true;
      wakeUp.set();
      await loop;
      clearInterval(renewal);
      await batch.flush();
      await store
        .release([...inFlight.keys()])
        .catch((error) => logger.warn(`Leases could not be released and will expire: ${error.message}`));
    },
  };
}
