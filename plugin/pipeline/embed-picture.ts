import { SimilarError } from '../errors';
import { faultPoint } from '../fault-point';
import {
  type Claim,
  type Embedder,
  type EmbeddingStore,
  type Failure,
  type FileId,
  type Logger,
  type MediaSource,
  MISSING_STAMP,
} from '../ports';
import { createTroubles } from './troubles';
import type { WriteBatch } from './write-batch';

export interface EmbedPictureOptions {
  store: EmbeddingStore;
  media: MediaSource;
  embedder: Pick<Embedder, 'embed'>;
  batch: Pick<WriteBatch, 'add'>;
  logger: Logger;
  /** Called after pictures lost their vectors. */
  onRemoved: (fileIds: FileId[]) => void;
  /** Time until a picture whose bytes were unavailable is tried again; doubles from then on. */
  retryMs: number;
}

/** Nothing was seen of the bytes, here and now. That says nothing about the vector: it stays, and the bytes are looked for again. */
const UNSEEN = new Set(['BYTES_MISSING', 'BYTES_UNREADABLE', 'DOWNLOAD_FAILED', 'EMPTY_FILE']);

const ON_NO_NODE = 'The media library lists the file, but it is not in the uploads folder of any node that runs';

/** Faults of the picture: final until the bytes change. Everything else is tried again later. */
const FINAL_STATES: Record<string, Failure['state']> = { TOO_LARGE: 'unsupported' };

/** Nothing can be embedded at the moment, whatever the picture: it goes back to the queue as it was. */
const ENGINE_DOWN = new Set(['EMBEDDER_UNAVAILABLE', 'REFINEMENT_FAILED']);

/** `down`: no engine runs. */
export type Outcome = 'done' | 'later' | 'down';

const RETRY_LAST_MS = 3_600_000;

/** When bytes are looked at again that should be others by now, as multiples of `retryMs`: by default after 1 minute up to 4 hours. */
const LOOKS_AGAIN = [6, 60, 360, 1_440];

/** One picture from claim to outcome: open → compare digests → embed → store. Never rejects. */
export function createEmbedPicture(options: EmbedPictureOptions): (claim: Claim) => Promise<Outcome> {
  const { store, media, embedder, batch, logger, onRemoved, retryMs } = options;
  const retryDelays = new Map<FileId, number>();
  const looks = new Map<FileId, { stamp: string; count: number }>();
  const troubled = createTroubles(logger);

  async function embed(claim: Claim): Promise<Outcome> {
    const opened = await media.open(claim.fileId);
    faultPoint('opened');
    if (!opened) {
      await store.forget([claim.fileId]);
      onRemoved([claim.fileId]);
      return 'done';
    }
    try {
      if (claim.hasVector && claim.digest === opened.digest) {
        const wait = opened.mayBeOld ? await untilNextLook(claim, opened.stamp) : undefined;
        if (wait !== undefined) {
          await store.release([claim], wait);
          return 'later';
        }
        await store.confirm(claim, opened.stamp);
        return 'done';
      }
      const result = await embedder.embed(opened.path);
      faultPoint('embedded');
      if (!result.ok) return await end(claim, result, opened.stamp);
      const { vector, miniature } = result;
      await batch.add({ claim, digest: opened.digest, stamp: opened.stamp, vector, miniature });
      return 'done';
    } finally {
      await opened.close();
    }
  }

  /** The stamp says that the bytes were replaced, and they are the same: a cache may still hold those from before. */
  async function untilNextLook({ space, fileId }: Claim, stamp: string): Promise<number | undefined> {
    const [row] = await store.status(space, [fileId]);
    if (row?.stamp === stamp) return undefined;
    const before = looks.get(fileId);
    const count = before?.stamp === stamp ? before.count : 0;
    if (count === LOOKS_AGAIN.length) return undefined;
    looks.set(fileId, { stamp, count: count + 1 });
    return LOOKS_AGAIN[count] * retryMs;
  }

  async function end(claim: Claim, failure: Failure, stamp?: string): Promise<Outcome> {
    if (UNSEEN.has(failure.code)) {
      // Every node looks for bytes that are on none (sight.ts): no turn is taken in vain.
      const isLookedFor = stamp === MISSING_STAMP && media.here !== undefined;
      const found = isLookedFor ? { ...failure, reason: ON_NO_NODE } : failure;
      troubled(claim.fileId, found.reason);
      await store.unseen(claim, found, isLookedFor ? undefined : nextDelay(claim), stamp);
      return 'later';
    }
    // The picture has other bytes by now: what became of the old ones is of no interest.
    if (!(await store.fail(claim, failure, stamp))) return 'done';
    logger.warn(`Picture ${claim.fileId} is ${failure.state}: ${failure.reason}`);
    if (claim.hasVector) onRemoved([claim.fileId]);
    return 'done';
  }

  /** What the error says of the picture; undefined when it says nothing. */
  function failureOf(error: unknown): Failure | undefined {
    if (!(error instanceof SimilarError)) return undefined;
    const state = UNSEEN.has(error.code) ? 'failed' : FINAL_STATES[error.code];
    return state && { state, code: error.code, reason: error.message };
  }

  async function endByError(claim: Claim, error: unknown): Promise<Outcome> {
    const failure = failureOf(error);
    if (failure) {
      const { stamp } = (error as SimilarError).details;
      return end(claim, failure, typeof stamp === 'string' ? stamp : undefined);
    }
    if (error instanceof SimilarError && ENGINE_DOWN.has(error.code)) {
      await store.release([claim]);
      return 'down';
    }
    troubled(claim.fileId, messageOf(error));
    await store.release([claim], nextDelay(claim));
    return 'later';
  }

  /** ms until the next attempt: longer each time. */
  function nextDelay({ fileId }: Claim): number {
    const delay = retryDelays.get(fileId) ?? retryMs;
    retryDelays.set(fileId, Math.min(delay * 2, RETRY_LAST_MS));
    return delay;
  }

  return async (claim) => {
    try {
      const outcome = await embed(claim).catch((error) => endByError(claim, error));
      if (outcome === 'done') {
        retryDelays.delete(claim.fileId);
        looks.delete(claim.fileId);
      }
      return outcome;
    } catch (error) {
      // The lease expires, then the row is claimed again.
      logger.warn(`The outcome of picture ${claim.fileId} could not be stored: ${messageOf(error)}`);
      return 'later';
    }
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
