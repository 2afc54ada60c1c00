import type { Knex } from 'knex';
import type { SpaceId } from '../ports';
import { along } from './along';
import { pagesOf } from './chunks';
import { EMBEDDINGS } from './schema';
import { write } from './write';

/** Ms since 1970 by the clock of the database, for whatever nodes tell each other through it: their own clocks may differ. */
export interface StoreClock {
  /** Not within a transaction: it may need a connection of its own. */
  now(): Promise<number>;
}

/** Whatever the time zone: an hour in autumn comes twice. */
const MYSQL = "timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) / 1000";

/** How a server tells its time in ms. SQLite has no clock of its own: it is on the same machine. */
const TELLING: Record<string, string> = {
  pg: 'extract(epoch from clock_timestamp()) * 1000',
  mysql: MYSQL,
  mysql2: MYSQL,
};

/** How long the difference to this node's clock is taken to be the same. */
const MEASURED_MS = 60_000;
/** A node's clock that has moved by more against the time since its start was set, or the machine slept. */
const MOVED_MS = 1_000;
/** What a clock is set back by at the least to be noticed. */
const TOLERATED_MS = 60_000;

const clocks = new WeakMap<Knex, StoreClock>();

export function clockOf(knex: Knex): StoreClock {
  const known = clocks.get(knex) ?? createClock(knex);
  clocks.set(knex, known);
  return known;
}

function createClock(knex: Knex): StoreClock {
  const telling = TELLING[knex.client.config.client];
  let measured: { ahead: number; own: number; at: number } | undefined;
  let measuring: Promise<number> | undefined;

  /** By how much the server's clock is ahead of the ms since this process was started. */
  async function measure(): Promise<number> {
    const before = performance.now();
    const { ms } = await knex.first(knex.raw(`${telling} as ms`));
    const at = performance.now();
    const ahead = Number(ms) - (before + at) / 2;
    measured = { ahead, own: ownAhead(), at };
    return ahead;
  }

  function known(): number | undefined {
    if (!measured || performance.now() - measured.at > MEASURED_MS) return undefined;
    return Math.abs(ownAhead() - measured.own) > MOVED_MS ? undefined : measured.ahead;
  }

  return {
    async now() {
      if (!telling) return Date.now();
      const ahead = known();
      if (ahead !== undefined) return Math.round(performance.now() + ahead);
      measuring ??= measure().finally(() => {
        measuring = undefined;
      });
      return Math.round((await measuring) + performance.now());
    },
  };
}

const ownAhead = () => Date.now() - performance.now();

/**
 * Times in the table are those of a clock, and a clock may be set back. @returns a function that says whether that has happened since
 * it was called last; at first it has, since nothing is known of the time before.
 */
export function watchClock(): (now: number) => boolean {
  let last = Number.POSITIVE_INFINITY;
  return (now) => {
    const ahead = now - performance.now();
    const isSetBack = ahead < last - TOLERATED_MS;
    last = ahead;
    return isSetBack;
  };
}

/** What waits for a time that was near when it was written, and is far off by this clock, waits no longer. */
export async function endLongWaits(knex: Knex, space: SpaceId, leaseMs: number, now: number): Promise<void> {
  for (const state of ['pending', 'failed']) {
    const ofState = () => along(knex, 'state').where({ space, state }).select('id', 'file_id');
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
