import { SimilarError } from '../errors';
import type { Outbox } from './outbox';
import type { Claim, Embedder, EmbeddingStore, EmbedFailure, FileId, Logger, MediaSource } from './ports';

export interface ProcessPictureOptions {
  store: EmbeddingStore;
  media: MediaSource;
  embedder: Pick<Embedder, 'embed'>;
  outbox: Outbox;
  logger: Logger;
  /** Called after pictures lost their vectors. */
  onRemoved: (fileIds: FileId[]) => void;
}

/** Faults of the picture or the library: final until the bytes change. Everything else is tried again later. */
const FINAL_STATES: Record<string, EmbedFailure['state']> = {
  BYTES_MISSING: 'failed',
  EMPTY_FILE: 'failed',
  TOO_LARGE: 'unsupported',
};

const RETRY_FIRST_MS = 10_000;
const RETRY_LAST_MS = 3_600_000;

/** One picture from claim to outcome: open → compare digests → embed → store. Never rejects. */
export function createProcessPicture(options: ProcessPictureOptions): (claim: Claim) => Promise<'done' | 'later'> {
  const { store, media, embedder, outbox, logger, onRemoved } = options;
  const retryDelays = new Map<number, number>();

  async function embed(claim: Claim): Promise<void> {
    const opened = await media.open(claim.fileId);
    if (!opened) {
      await store.forget([claim.fileId]);
      onRemoved([claim.fileId]);
      return;
    }
    try {
      if (claim.hasVector && claim.digest === opened.digest) {
        await store.confirm(claim, opened.stamp);
        return;
      }
      const result = await embedder.embed(opened.path);
      if (result.ok) {
        await outbox.add({ claim, digest: opened.digest, stamp: opened.stamp, vector: result.vector });
      } else {
        await fail(claim, result, opened.stamp);
      }
    } finally {
      await opened.close();
    }
  }

  async function fail(claim: Claim, failure: Omit<EmbedFailure, 'ok'>, stamp?: string): Promise<void> {
    await store.fail(claim, failure, stamp);
    logger.warn(`Picture ${claim.fileId} is ${failure.state}: ${failure.reason}`);
    if (claim.hasVector) onRemoved([claim.fileId]);
  }

  async function retryLater(claim: Claim, error: unknown): Promise<void> {
    const delay = retryDelays.get(claim.fileId) ?? RETRY_FIRST_MS;
    retryDelays.set(claim.fileId, Math.min(delay * 2, RETRY_LAST_MS));
    logger.warn(`Picture ${claim.fileId} waits ${Math.round(delay / 1000)} s: ${messageOf(error)}`);
    await store.release([claim], Date.now() + delay);
  }

  return async (claim) => {
    try {
      await embed(claim);
      retryDelays.delete(claim.fileId);
      return 'done';
    } catch (error) {
      try {
        const state = error instanceof SimilarError ? FINAL_STATES[error.code] : undefined;
        if (error instanceof SimilarError && state) {
          const { stamp } = error.details;
          await fail(
            claim,
            { state, code: error.code, reason: error.message },
            typeof stamp === 'string' ? stamp : undefined,
          );
          return 'done';
        }
        await retryLater(claim, error);
      } catch (storeError) {
        // The lease runs out by itself, then the row is claimed again.
        logger.warn(`The outcome of picture ${claim.fileId} could not be stored: ${messageOf(storeError)}`);
      }
      return 'later';
    }
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
