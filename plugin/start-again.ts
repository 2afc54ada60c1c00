import { setTimeout as sleep } from 'node:timers/promises';
import { SimilarError } from './errors';
import { growingDelay } from './growing-delay';
import type { Logger } from './ports';

const FIRST_MS = 500;
const LAST_MS = 30_000;

/**
 * Repeats a start, later and later, until it succeeds or the signal is aborted: the database may be away when the CMS starts.
 * @throws SimilarError at once: what is thrown on purpose does not pass by itself, but what a database refuses, it may take later.
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
