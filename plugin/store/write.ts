import { setTimeout as sleep } from 'node:timers/promises';
import { inOurWords } from './refusal';

/** Errors that go away: another node held the same rows, or those that this one waited for, in another order. */
const PASSING = new Set([
  // MySQL and MariaDB
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD',
  // PostgreSQL: serialization_failure, deadlock_detected
  '40001',
  '40P01',
]);

const TRIES = 8;
const FIRST_PAUSE_MS = 20;

/** SQLite has codes of more detail, such as `SQLITE_BUSY_SNAPSHOT`. */
const passes = (code: unknown) => typeof code === 'string' && (PASSING.has(code) || code.startsWith('SQLITE_BUSY'));

/**
 * Runs one write, a statement or a whole transaction, and again when the database has undone it for the sake of another one.
 * Every write of this folder goes through here.
 * @throws SimilarError `STORE_REFUSED`
 */
export async function write<T>(statement: () => PromiseLike<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await statement();
    } catch (error) {
      if (tries === TRIES || !passes((error as { code?: unknown }).code)) throw inOurWords(error);
      // By chance: two that met once would meet again.
      await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** tries);
    }
  }
}
