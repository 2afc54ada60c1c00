import type { SweepOptions, SweepResult } from './sweep';

type Accepting = Pick<SweepOptions, 'acceptMissing'>;

export interface SweepTurns {
  /** The sweep that runs, or one that begins now. */
  join(): Promise<SweepResult>;
  /** A sweep that begins after this call: one that runs may be past what the caller has just changed. */
  next(options?: Accepting): Promise<SweepResult>;
  /** Whether one runs or waits. */
  readonly running: boolean;
  /** Resolves when none does. */
  idle(): Promise<void>;
}

/** Sweeps one after the other. Whoever asks while one runs shares the one after it. */
export function createSweepTurns(sweep: (options: Accepting) => Promise<SweepResult>): SweepTurns {
  let current: Promise<SweepResult> | undefined;
  let waiting: { options: Accepting; result: Promise<SweepResult> } | undefined;

  function begin(options: Accepting): Promise<SweepResult> {
    current = sweep(options).finally(() => {
      current = undefined;
    });
    return current;
  }

  async function after(running: Promise<unknown>, options: Accepting): Promise<SweepResult> {
    await running.catch(() => {});
    waiting = undefined;
    return begin(options);
  }

  const isRunning = () => (current ?? waiting) !== undefined;

  return {
    join: async () => current ?? waiting?.result ?? begin({}),

    async next(options = {}) {
      if (!waiting) {
        if (!current) return begin(options);
        const shared = { ...options };
        waiting = { options: shared, result: after(current, shared) };
      }
      waiting.options.acceptMissing ||= options.acceptMissing;
      return waiting.result;
    },

    get running() {
      return isRunning();
    },

    async idle() {
      while (isRunning()) await (waiting?.result ?? current)?.catch(() => {});
    },
  };
}
