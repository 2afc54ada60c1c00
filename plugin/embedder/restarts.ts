import { growingDelay } from '../growing-delay';

/** When the process is started again: at once after a crash, at growing intervals when crashes follow one another. */
const CRASH_FIRST_MS = 50;
const CRASH_LAST_MS = 5_000;
/** Ends before it was ready, in a row, after which it counts as broken. */
const FAILED_STARTS = 3;
const BROKEN_FIRST_MS = 10_000;
const BROKEN_LAST_MS = 5 * 60_000;

export interface Restarts {
  /** It was ready and ended. @returns ms to wait. */
  afterCrash(): number;
  /** It ended before it was ready. @returns ms to wait, and whether it counts as broken until then. */
  afterFailedStart(final: boolean): { delay: number; broken: boolean };
  ready(): void;
  /** It has delivered results, so it works again. */
  worked(): void;
}

export function createRestarts(): Restarts {
  let crashes = 0;
  let failedStarts = 0;
  let breaks = 0;
  const crashDelay = (n: number) => growingDelay(n, CRASH_FIRST_MS, CRASH_LAST_MS);
  return {
    afterCrash: () => crashDelay(++crashes),
    afterFailedStart(final) {
      failedStarts++;
      if (!final && failedStarts < FAILED_STARTS) return { delay: crashDelay(failedStarts), broken: false };
      const delay = growingDelay(++breaks, BROKEN_FIRST_MS, BROKEN_LAST_MS);
      return { delay, broken: true };
    },
    ready() {
      failedStarts = 0;
      breaks = 0;
    },
    worked() {
      crashes = 0;
    },
  };
}
