import type { ErrorCode, SimilarError } from '../errors';
import { growingDelay } from '../growing-delay';
import { type Int8Rejection, int8RejectionOf } from '../int8/int8-model';
import type { QueueWorker } from '../pipeline/queue-worker';
import type { Embedder, Logger, Space } from '../ports';
import type { LazyEmbedder } from './lazy-embedder';

export interface EmbeddingOptions {
  space: Space;
  embedders: LazyEmbedder;
  createQueueWorker(embedder: Embedder): QueueWorker;
  logger: Logger;
  /** First wait after a failure that may pass soon. */
  retryMs?: number;
}

/** A model that is unavailable at the moment. */
export interface MissingModel {
  /** Why, and what to do; undefined while attempts to download it continue. */
  why?: string;
}

/** What embeds the pictures of one space, once its model is there. */
export interface Embedding {
  readonly worker: QueueWorker | undefined;
  /** The model is unavailable at the moment. It is retried automatically. */
  readonly missing: MissingModel | undefined;
  /** Why the int8 model of this space is not used: `pending` is retried automatically. */
  readonly int8Rejection: Int8Rejection | undefined;
  /** Why nothing is embedded, if so. */
  readonly problem: string | undefined;
  start(): void;
  pause(): void;
  resume(): void;
  /** Gives up what it waits for, and lets the worker end. */
  stop(): Promise<void>;
}

/** The model itself, and not what runs it. */
const MISSING = new Set<ErrorCode>([
  'MODEL_UNAVAILABLE',
  'MODEL_DAMAGED',
  'MODEL_MISMATCH',
  'WEIGHTS_INVALID',
  'UNKNOWN_MODEL',
]);
/** Fetching 95 MB again changes nothing before somebody has changed the file, or the configuration. */
const LASTING = new Set<ErrorCode>(['MODEL_DAMAGED', 'MODEL_MISMATCH', 'WEIGHTS_INVALID', 'UNKNOWN_MODEL']);

const RETRY_MS = 60_000;
const LAST_RETRY_MS = 3_600_000;
/** Of those that last: ten times as long, ten minutes to ten hours. */
const LASTING_FACTOR = 10;

/** Opens the embedder and keeps a worker running with it. Whatever fails is retried at growing intervals. */
export function createEmbedding(options: EmbeddingOptions): Embedding {
  const { space, embedders, logger, retryMs = RETRY_MS } = options;
  let worker: QueueWorker | undefined;
  let paused = false;
  let stopped = false;
  let missing: MissingModel | undefined;
  let int8Rejection: Int8Rejection | undefined;
  let problem: string | undefined;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let opening: Promise<void> = Promise.resolve();

  async function open(): Promise<void> {
    try {
      const embedder = await embedders.open(notYet);
      if (stopped) return;
      worker = options.createQueueWorker(embedder);
      if (paused) worker.pause();
      worker.start();
      missing = int8Rejection = problem = undefined;
    } catch (error) {
      if (!stopped) failed(error as Error);
    }
  }

  /** It may take long to find out whether the model is available. */
  function notYet(): void {
    missing ??= {};
  }

  function failed(error: Error): void {
    const { code, message, remedy } = error as SimilarError;
    const known = problem === message;
    problem = message;
    int8Rejection = int8RejectionOf(error);
    missing = MISSING.has(code) ? { why: `${message} ${remedy}` } : undefined;
    // Whoever decides what is used in the meantime logs the missing model, too.
    if (int8Rejection && !known) logger.warn(message);
    else if (!missing && !known)
      logger.error(`Pictures cannot be embedded with ${space.model} and wait in the queue: ${message}`);
    failures++;
    timer = setTimeout(
      () => {
        opening = open();
      },
      // Nothing is downloaded for one that waits for more pictures.
      code === 'CALIBRATION_PENDING' ? retryMs : delayOf(code),
    ).unref();
  }

  function delayOf(code: ErrorCode): number {
    const factor = LASTING.has(code) ? LASTING_FACTOR : 1;
    return growingDelay(failures, retryMs * factor, LAST_RETRY_MS * factor);
  }

  return {
    get worker() {
      return worker;
    },
    get missing() {
      return missing;
    },
    get int8Rejection() {
      return int8Rejection;
    },
    get problem() {
      return problem ?? (missing && `The weights of ${space.model} are still being downloaded`);
    },
    start() {
      opening = open();
    },
    pause() {
      paused = true;
      worker?.pause();
    },
    resume() {
      paused = false;
      worker?.resume();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      embedders.abort();
      await opening;
      await worker?.stop();
    },
  };
}
