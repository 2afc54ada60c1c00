import { setImmediate as breathe } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { SpaceId, StoreCounts } from '../ports';
import { EMBEDDINGS } from './schema';

/** Rows that one statement counts. On SQLite the CMS stands still meanwhile: for a millisecond or two. */
const PAGE = 5_000;
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

interface Known {
  counts: Promise<StoreCounts>;
  until: number;
}

export interface Counts {
  counts(space: SpaceId, options?: { anew?: boolean }): Promise<StoreCounts>;
}

/**
 * Counts the rows of a space in pages. Kept numbers would have to be right with several nodes, after crashes and with rows that other
 * versions write; these are read from the rows, always. What takes one page is counted each time, the rest is remembered for a while.
 */
export function createCounts(knex: Knex): Counts {
  /** Spaces that take several pages. */
  const large = new Map<SpaceId, Known>();

  /** The first statement counts a small space at one moment. */
  async function count(space: SpaceId): Promise<{ counts: StoreCounts; pages: number }> {
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
    return { counts, pages };
  }

  function page(space: SpaceId, name: Counted, after: number): Knex.QueryBuilder {
    const { where, by } = WALKS[name];
    const rows = knex(EMBEDDINGS)
      .where({ space, ...where })
      .where(by, '>', after)
      .orderBy(by)
      .limit(PAGE);
    return knex
      .from(rows.select({ at: by }).as('page'))
      .select(knex.raw(`'${name}' as name, count(*) as n, max(page.at) as last`));
  }

  async function countAnew(space: SpaceId): Promise<StoreCounts> {
    const started = performance.now();
    const counting = count(space);
    // Others wait for this one. What is written to a small space is in the next answer.
    if (large.has(space))
      large.set(space, { counts: counting.then(({ counts }) => counts), until: Number.POSITIVE_INFINITY });
    try {
      const { counts, pages } = await counting;
      const now = performance.now();
      if (pages > 1) large.set(space, { counts: Promise.resolve(counts), until: now + (now - started) / SHARE });
      else large.delete(space);
      return counts;
    } catch (error) {
      large.delete(space);
      throw error;
    }
  }

  return {
    async counts(space, { anew = false } = {}) {
      const known = large.get(space);
      return known && !anew && performance.now() < known.until ? known.counts : countAnew(space);
    },
  };
}
