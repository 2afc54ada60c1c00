import { SimilarError } from '../../../plugin/errors';

/**
 * So many at once on this node; more are refused instead of queued, as whoever waits behind them would give up.
 * @param most asked each time: the configuration may change.
 */
export function createSlots(most: () => number) {
  let running = 0;

  /** @throws SimilarError `TOO_MANY_SEARCHES` */
  return async function within<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running >= most()) {
      throw new SimilarError(
        'TOO_MANY_SEARCHES',
        `${running} searches by picture or explanations are already running; try again shortly`,
      );
    }
    running++;
    try {
      return await work();
    } finally {
      running--;
    }
  };
}

export type Slots = ReturnType<typeof createSlots>;
