import type { ErrorCode, SimilarError } from '../errors';
import { growingDelay } from '../growing-delay';
import { type Unfit, unfitOf } from '../int8/int8-model';
import type { Pump } from '../pipeline/pump';
import type { Embedder, Logger, Space } from '../ports';
import type { LazyEmbedder } from './open-embedder';

export interface EmbeddingOptions {
  space: Space;
  embedders: LazyEmbedder;
  createPump(embedder: Embedder): Pump;
  logger: Logger;
  /** Time after which a model that is still being fetched counts as missing. */
  patienceMs?: number;
  /** First wait after a failure that may pass soon. */
  retryMs?: number;
}

/** A model that cannot be had at the moment. */
export interface MissingModel {
  /** Why, and what to do; undefined while attempts to fetch it go on. */
  why?: string;
}

/** What embeds the pictures of one space, once its model is there. */
export interface Embedding {
  readonly pump: Pump | undefined;
  /** The model cannot be had at the moment. It is tried again by itself. */
  readonly missing: MissingModel | undefined;
  /** Why the int8 model of this space is not used: `pending` is tried again by itself. */
  readonly unfit: Unfit | undefined;
  /** Why nothing is embedded, if so. */
  readonly problem: string | undefined;
  start(): void;
  pause(): void;
  resume(): void;
  /** Gives up what it waits for, and lets the pump end. */
  stop(): Promise<void>;
}

/** The model itself, and not what runs it. */
const MISSING = new Set<ErrorCode>(['MODEL_UNAVAILABLE', 'MODEL_DAMAGED', 'WEIGHTS_INVALID', 'UNKNOWN_MODEL']);
/** Fetching 95 MB again changes nothing before somebody has changed the file, or the configuration. */
const LASTING = new Set<ErrorCode>(['MODEL_DAMAGED', 'WEIGHTS_INVALID', 'UNKNOWN_MODEL']);

const PATIENCE_MS = 20_000;
const RETRY_MS = 60_000;
const LAST_RETRY_MS = 3_600_000;
/** Of those that last: ten times as long, ten minutes to ten hours. */
const LASTING_FACTOR = 10;

/** Opens the embedder and keeps a pump running with it. What fails is tried again, later and later. */
export function createEmbedding(options: EmbeddingOptions): Embedding {
  const { space, embedders, logger, patienceMs = PATIENCE_MS, retryMs = RETRY_MS } = options;
  let pump: Pump | undefined;
  let paused = false;
  let stopped = false;
  let missing: MissingModel | undefined;
  let unfit: Unfit | undefined;
  let problem: string | undefined;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let opening: Promise<void> = Promise.resolve();

  async function open(): Promise<void> {
    const late = setTimeout(notYet, patienceMs).unref();
    try {
      const embedder = await embedders.open(notYet);
      if (stopped) return;
      pump = options.createPump(embedder);
      if (paused) pump.pause();
      pump.start();
      missing = unfit = problem = undefined;
    } catch (error) {
      if (!stopped) failed(error as Error);
    } finally {
      clearTimeout(late);
    }
  }

  /** It may be long until it is known whether the model can be had. */
  function notYet(): void {
    missing ??= {};
  }

  function failed(error: Error): void {
    const { code, message, remedy } = error as SimilarError;
    const known = problem === message;
    problem = message;
    unfit = unfitOf(error);
    missing = MISSING.has(code) ? { why: `${message} ${remedy}` } : undefined;
    // Whoever decides what serves meanwhile says so of a missing model, too.
    if (unfit && !known) logger.warn(message);
    else if (!missing && !known)
      logger.error(`No picture can be embedded with ${space.model}, they wait in the queue: ${message}`);
    failures++;
    timer = setTimeout(
      () => {
        opening = open();
      },
      // Nothing is fetched for one that waits for more pictures.
      code === 'CALIBRATION_PENDING' ? retryMs : delayOf(code),
    ).unref();
  }

  function delayOf(code: ErrorCode): number {
    const factor = LASTING.has(code) ? LASTING_FACTOR : 1;
    return growingDelay(failures, retryMs * factor, LAST_RETRY_MS * factor);
  }

  return {
    get pump() {
      return pump;
    },
    get missing() {
      return missing;
    },
    get unfit() {
      return unfit;
    },
    get problem() {
      return problem ?? (missing && `The weights of ${space.model} are still being fetched`);
    },
    start() {
      opening = open();
    },
    pause() {
      paused = true;
      pump?.pause();
    },
    resume() {
      paused = false;
      pump?.resume();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      embedders.abort();
      await opening;
      await pump?.stop();
    },
  };
}
