import type { Knex } from 'knex';
import type { SpaceId } from '../ports';
import { pagesOf } from './chunks';
import { EMBEDDINGS } from './schema';
import { write } from './write';

/** Nodes' clocks differ by so much, and nothing waits for longer than this when one is set back by less. */
const TOLERATED_MS = 60_000;

/**
 * Times in the table are those of a clock, and a clock may be set back. @returns a function that says whether that has happened since
 * it was called last; at first it has, since nothing is known of the time before.
 */
export function watchClock(): () => boolean {
  let last = Number.POSITIVE_INFINITY;
  return () => {
    const ahead = Date.now() - performance.now();
    const isSetBack = ahead < last - TOLERATED_MS;
    last = ahead;
    return isSetBack;
  };
}

/** What waits for a time that was near when it was written, and is far off by this clock, waits no longer. */
export async function endLongWaits(knex: Knex, space: SpaceId, leaseMs: number): Promise<void> {
  const now = Date.now();
  for (const state of ['pending', 'failed']) {
    const ofState = () => knex(EMBEDDINGS).where({ space, state }).select('id', 'file_id');
    for await (const page of pagesOf<{ id: number; file_id: number }>(ofState, 'file_id')) {
      const ids = page.map(({ id }) => id);
      const rows = () => knex(EMBEDDINGS).whereIn('id', ids).where({ state });
      const leased = () => rows().where('lease_until', '>', now + leaseMs + TOLERATED_MS);
      const late = () =>
        rows()
          .where('not_before', '>', now)
          .where('updated_at', '>', now + TOLERATED_MS);
      if (state === 'pending') await write(() => leased().update({ lease_until: 0 }));
      await write(() => late().update({ not_before: now, updated_at: now }));
    }
  }
}
