import { setImmediate as breathe } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { CountOptions, EmbeddingStore, FailureCounts, SpaceId, StoreCounts } from '../ports';
import { along } from './along';

/** Rows that one statement counts. On SQLite the CMS stands still meanwhile: for a millisecond or two. */
const PAGE = 5_000;
/** Fewer where no index holds what is counted. */
const PAGE_OF_ROWS = 1_000;
/** Counting takes at most this share of the time, whoever asks and how often. */
const SHARE = 1 / 20;

type Counted = keyof StoreCounts;

/** What is counted, and the index that answers it alone: (space, state, file_id) or (space, seq). */
const WALKS: Record<Counted, { where: object; by: 'file_id' | 'seq' }> = {
  pending: { where: { state: 'pending' }, by: 'file_id' },
  ready: { where: { state: 'ready' }, by: 'file_id' },
  failed: { where: { state: 'failed' }, by: 'file_id' },
  unsupported: { where: { state: 'unsupported' }, by: 'file_id' },
  vectors: { where: {}, by: 'seq' },
};

interface Known<Found> {
  found: Promise<Found>;
  at: number;
  until: number;
}

export type Counts = Pick<EmbeddingStore, 'counts' | 'failures'>;

/**
 * Counts the rows of a space in pages. Kept numbers would have to be right with several nodes, after crashes and with rows that other
 * versions write; these are read from the rows, always. What takes one page is counted each time, the rest is remembered for a while.
 */
export function createCounts(knex: Knex): Counts {
  /** The first statement counts a small space at one moment. */
  async function count(space: SpaceId): Promise<{ found: StoreCounts; pages: number }> {
    const counts: StoreCounts = { pending: 0, ready: 0, failed: 0, unsupported: 0, vectors: 0 };
    let open = (Object.keys(WALKS) as Counted[]).map((name) => ({ name, after: 0 }));
    let pages = 0;
    while (open.length > 0) {
      if (pages++ > 0) await breathe();
      const [first, ...others] = open.map(({ name, after }) => page(space, name, after));
      const found: Array<{ name: Counted; n: number | string; last: number | string }> = await first.unionAll(others);
      for (const { name, n } of found) counts[name] += Number(n);
      open = found.filter(({ n }) => Number(n) === PAGE).map(({ name, last }) => ({ name, after: Number(last) }));
    }
    return { found: counts, pages };
  }

  function page(space: SpaceId, name: Counted, after: number): Knex.QueryBuilder {
    const { where, by } = WALKS[name];
    const rows = along(knex, by === 'seq' ? 'seq' : 'state')
      .where({ space, ...where })
      .where(by, '>', after)
      .orderBy(by)
      .limit(PAGE);
    return knex
      .from(rows.select({ at: by }).as('page'))
      .select(knex.raw(`'${name}' as name, count(*) as n, max(page.at) as last`));
  }

  async function countFailures(space: SpaceId): Promise<{ found: FailureCounts; pages: number }> {
    const counts: FailureCounts = {};
    let open = ['failed', 'unsupported'].map((state) => ({ state, after: 0 }));
    let pages = 0;
    while (open.length > 0) {
      if (pages++ > 0) await breathe();
      const [first, ...others] = open.map(({ state, after }) => pageOfFailures(space, state, after));
      const found: Array<{ state: string; code: string; n: number | string; last: number | string }> = await knex
        .from(first.unionAll(others).as('pages'))
        .groupBy('state', 'code')
        .select('state', 'code', knex.raw('count(*) as n, max(file_id) as last'));
      for (const { code, n } of found) counts[code] = (counts[code] ?? 0) + Number(n);
      open = open.flatMap(({ state }) => {
        const ofState = found.filter((row) => row.state === state);
        const isFull = ofState.reduce((sum, { n }) => sum + Number(n), 0) === PAGE_OF_ROWS;
        return isFull ? { state, after: Math.max(...ofState.map(({ last }) => Number(last))) } : [];
      });
    }
    return { found: counts, pages };
  }

  function pageOfFailures(space: SpaceId, state: string, after: number): Knex.QueryBuilder {
    const rows = along(knex, 'state').where({ space, state }).where('file_id', '>', after).orderBy('file_id');
    const columns = ['state', 'code', 'file_id'];
    return knex.from(rows.limit(PAGE_OF_ROWS).select(columns).as('page')).select(columns);
  }

  const counts = remembered(count);
  const failures = remembered(countFailures);
  return {
    counts: (space, { anew = false, maxAgeMs = 0 } = {}) => counts(space, anew ? undefined : { maxAgeMs }),
    failures: (space, { maxAgeMs = 0 } = {}) => failures(space, { maxAgeMs }),
  };
}

/** What takes several pages is remembered, for as long as it makes counting take its share of the time. */
function remembered<Found>(count: (space: SpaceId) => Promise<{ found: Found; pages: number }>) {
  /** Spaces that take several pages. */
  const large = new Map<SpaceId, Known<Found>>();

  async function countAnew(space: SpaceId): Promise<Found> {
    const started = performance.now();
    const counting = count(space);
    // Others wait for this one. What is written to a small space is in the next answer.
    if (large.has(space)) {
      const found = counting.then(({ found }) => found);
      large.set(space, { found, at: started, until: Number.POSITIVE_INFINITY });
    }
    try {
      const { found, pages } = await counting;
      const now = performance.now();
      const until = now + (now - started) / SHARE;
      if (pages > 1) large.set(space, { found: Promise.resolve(found), at: started, until });
      else large.delete(space);
      return found;
    } catch (error) {
      large.delete(space);
      throw error;
    }
  }

  /** @param allowed without it, what is known does not count. */
  return async (space: SpaceId, allowed?: Required<CountOptions>): Promise<Found> => {
    const known = large.get(space);
    const now = performance.now();
    return known && allowed && now < Math.max(known.until, known.at + allowed.maxAgeMs)
      ? known.found
      : countAnew(space);
  };
}
