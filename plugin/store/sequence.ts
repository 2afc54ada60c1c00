import type { Knex } from 'knex';
import { COUNTERS } from './schema';

/**
 * Takes the next `count` sequence numbers; with 0 it only waits for its turn. The row's lock is held to the end of the transaction, so
 * that the order of commits equals that of the numbers.
 * @returns the first of them.
 */
export async function nextSeqs(trx: Knex.Transaction, count: number): Promise<number> {
  await trx(COUNTERS).where({ name: 'seq' }).increment('value', count);
  const { value } = await trx(COUNTERS).where({ name: 'seq' }).first('value');
  return Number(value) - count + 1;
}
