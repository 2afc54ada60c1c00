import { setTimeout as sleep } from 'node:timers/promises';
import { SimilarError } from './errors';
import { growingDelay } from './growing-delay';
import type { Logger } from './ports';

const FIRST_MS = 500;
const LAST_MS = 30_000;

/**
 * Repeats a start, at growing intervals, until it succeeds or the signal is aborted: the database may be away when the CMS starts.
 * @throws SimilarError at once, because it would not go away. Only `STORE_REFUSED` is retried: it may be fixed while the CMS runs.
 */
export async function startUntilItCan(start: () => Promise<void>, signal: AbortSignal, logger: Logger): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      return await start();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SimilarError && error.code !== 'STORE_REFUSED') throw error;
      failures++;
      // Once: it may last for hours.
      if (failures === 1) logger.error(`Indexing cannot start; retrying until it can: ${(error as Error).message}`);
      await sleep(growingDelay(failures, FIRST_MS, LAST_MS), undefined, { signal, ref: false }).catch(() => {});
    }
  }
}
