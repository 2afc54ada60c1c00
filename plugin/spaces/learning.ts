import { randomUUID } from 'node:crypto';
import type { SimilarConfig } from '../contracts/config';
import type { Records } from '../ports';
import { agree, leaseHolds } from './agree';
import { type GenerationInfo, type LearnOptions, learnGeneration } from './learn';

/** What all nodes agree on about the refined spaces of a model's space. */
export interface Agreed {
  live?: GenerationInfo;
  /** Is filled beside what is live, and takes over when it is complete. */
  next?: GenerationInfo;
  /** A node is learning, so that the others do not. */
  learning?: { by: string; until: number };
}

export interface Agreement {
  readonly now: Agreed;
  /** @param change returns undefined to leave it. */
  change(change: (now: Agreed) => Agreed | undefined): Promise<void>;
}

export function createAgreement(records: Records, name: string): Agreement {
  let now: Agreed = {};
  return {
    get now() {
      return now;
    },
    async change(change) {
      now = (await agree<Agreed>(records, name, (held = {}) => change(held))) ?? {};
    },
  };
}

/** Whether a node is learning. */
export const isLearning = ({ learning }: Agreed): boolean => leaseHolds(learning?.until ?? 0, LEASE_MS);

export interface LearningOptions extends Omit<LearnOptions, 'dims' | 'neighbours'> {
  config: Pick<SimilarConfig, 'refine'>;
  store: LearnOptions['store'] & {
    counts(space: string): Promise<{ vectors: number }>;
    waiting(space: string, atMost: number): Promise<number>;
  };
  agreement: Agreement;
  /** Time until it is tried again after it failed. */
  retryMs: number;
  logger: { info(message: string): void; warn(message: string): void };
}

export interface Learning {
  /** Why the last attempt failed. */
  readonly reason: string | undefined;
  /** Learns the next space if it is time. @param size pictures that the index holds. */
  learnIfDue(size: number): Promise<void>;
}

/** The library is learnt from again when it has grown by this factor. */
const GROWTH = 1.5;
/** Share of pictures that may wait for the embedder, which uses the cores, when learning begins. */
const BUSY = 0.1;
/** And no more than so many. */
const MANY = 10_000;
/** A node that says nothing for so long does not learn any more. */
const LEASE_MS = 3 * 60_000;

export function createLearning(options: LearningOptions): Learning {
  const { base, config, store, agreement, signal, logger, retryMs } = options;
  const { from, dims, neighbours } = config.refine;
  const me = randomUUID();
  let reason: string | undefined;
  let retryAt = 0;

  /** Counting rows costs more than asking the index: only when that says that it may be time. */
  async function isDue(size: number): Promise<boolean> {
    const { live, next } = agreement.now;
    if (next || performance.now() < retryAt || isLearning(agreement.now)) return false;
    const asked = live?.asked.dims === dims && live.neighbours === neighbours;
    const least = live && asked ? live.learntFrom * GROWTH : from;
    if (size < least) return false;
    const { vectors } = await store.counts(base.id);
    const busy = Math.min(Math.floor(vectors * BUSY), MANY);
    return vectors >= least && (await store.waiting(base.id, busy + 1)) <= busy;
  }

  async function learn(): Promise<void> {
    const mine = () => ({ by: me, until: Date.now() + LEASE_MS });
    await agreement.change((now) => (isLearning(now) || now.next ? undefined : { ...now, learning: mine() }));
    if (agreement.now.learning?.by !== me) return;
    const renew = () => agreement.change((now) => (now.learning?.by === me ? { ...now, learning: mine() } : undefined));
    const renewal = setInterval(() => void renew().catch(() => {}), LEASE_MS / 3).unref();
    try {
      const info = await learnGeneration({ ...options, dims, neighbours });
      await agreement.change(({ live }) => ({ live, next: info }));
      logger.info(`Learnt from ${info.learntFrom} pictures: space ${info.space} is being built beside the live one`);
      reason = undefined;
    } catch (error) {
      await agreement.change((now) => ({ ...now, learning: undefined }));
      if (signal.aborted) return;
      reason = (error as Error).message;
      retryAt = performance.now() + retryMs;
      logger.warn(`Learning from the library failed and will be retried: ${reason}`);
    } finally {
      clearInterval(renewal);
    }
  }

  return {
    get reason() {
      return reason;
    },
    async learnIfDue(size) {
      if (await isDue(size)) await learn();
    },
  };
}
