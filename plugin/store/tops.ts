import { createHash, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Top, TopKey, TopResult, Tops, UnsentTop } from '../ports';
import { chunks } from './chunks';
import { clockOf, watchClock } from './clock';
import { CHANGES, TOP_REFS, TOPS } from './schema';
import { write } from './write';

interface Row {
  id: number;
  type: string;
  document_id: string;
  locale: string;
  revision: number;
  signature: string;
  sent: string;
  results: string;
  attempts: number;
}

/** Of an entry that was not known before: no signature is like it. */
const UNKNOWN = '';

/** Top results in tables of our own, through a knex instance that the caller owns. */
export function createKnexTops(knex: Knex): Tops {
  const clock = clockOf(knex);
  const isSetBack = watchClock();
  // What a node before has put off stays so.
  let isFirst = true;
  const byKey = ({ type, documentId, locale = '' }: TopKey) => ({ type, document_id: documentId, locale });

  /** Undefined when another node has dropped it in between. */
  async function rowOf(key: TopKey): Promise<Row | undefined> {
    const row = { ...byKey(key), signature: UNKNOWN, sent: EMPTY, results: '' };
    await write(() => knex(TOPS).insert(row).onConflict(['type', 'document_id', 'locale']).ignore());
    return knex(TOPS).where(byKey(key)).first();
  }

  return {
    async note(changes) {
      for (const chunk of chunks(changes)) {
        await write(() => knex(CHANGES).insert(chunk.map(({ type, target }) => ({ type, target }))));
      }
    },

    noted: (afterId, limit) =>
      knex(CHANGES).where('id', '>', afterId).orderBy('id').limit(limit).select('id', 'type', 'target'),

    async settle(ids) {
      for (const chunk of chunks(ids)) await write(() => knex(CHANGES).whereIn('id', chunk).delete());
    },

    async hangingOn(refs) {
      const found = new Map<number, TopKey>();
      for (const chunk of chunks([...new Set(refs)])) {
        const ids = knex(TOP_REFS).whereIn('ref', chunk).select('top_id');
        const rows: Row[] = await knex(TOPS).whereIn('id', ids).select('id', 'type', 'document_id', 'locale');
        for (const row of rows) found.set(row.id, toKey(row));
      }
      return [...found.values()];
    },

    async put(top, refs, news) {
      const results = JSON.stringify({ results: top.results, refs });
      const signature = signatureOf(top);
      const row = await rowOf(top);
      if (!row || row.results === results) return;
      const isQuiet = news === 'none' || (news === 'known' && row.signature === UNKNOWN);
      const sent = isQuiet ? signature : row.sent;
      await write(() =>
        knex.transaction(async (trx) => {
          // Another node that was faster has noticed the same.
          const changed = await trx(TOPS)
            .where({ id: row.id, revision: row.revision })
            .update({ revision: row.revision + 1, signature, sent, results, unsent: signature === sent ? 0 : 1 });
          if (changed === 0) return;
          await trx(TOP_REFS).where({ top_id: row.id }).delete();
          for (const chunk of chunks([...new Set(refs)])) {
            await trx(TOP_REFS).insert(chunk.map((ref) => ({ top_id: row.id, ref })));
          }
        }),
      );
    },

    async drop(key) {
      const row: Row | undefined = await knex(TOPS).where(byKey(key)).first('id');
      if (!row) return;
      await write(() => knex(TOP_REFS).where({ top_id: row.id }).delete());
      await write(() => knex(TOPS).where({ id: row.id }).delete());
    },

    async claim(limit, leaseMs) {
      const now = await clock.now();
      if (isSetBack(now) && !isFirst) {
        await write(() => knex(TOPS).where({ unsent: 1 }).where('not_before', '>', now).update({ not_before: now }));
      }
      isFirst = false;
      const free = (query: Knex.QueryBuilder) => query.where({ unsent: 1 }).where('not_before', '<=', now);
      const found: Array<{ id: number }> = await free(knex(TOPS))
        .orderBy([{ column: 'not_before' }, { column: 'id' }])
        .limit(limit)
        .select('id');
      if (found.length === 0) return [];
      const lease = randomUUID();
      const ids = found.map(({ id }) => id);
      // Another node may have taken some in between: the condition is checked again.
      await write(() => free(knex(TOPS).whereIn('id', ids)).update({ lease, not_before: now + leaseMs }));
      const rows: Row[] = await knex(TOPS).whereIn('id', ids).where({ lease }).orderBy('id');
      return rows.map(toUnsent);
    },

    async sent(tops) {
      for (const { id, signature } of tops) {
        const change = { sent: signature, attempts: 0, not_before: 0, lease: null };
        await write(() => knex(TOPS).where({ id }).update(change));
        // It may have changed while it was being sent.
        await write(() => knex(TOPS).where({ id, signature }).update({ unsent: 0 }));
      }
    },

    async failed(tops, delayMs) {
      const change = { not_before: (await clock.now()) + delayMs, lease: null, attempts: knex.raw('attempts + 1') };
      const ids = tops.map(({ id }) => id);
      await write(() => knex(TOPS).whereIn('id', ids).update(change));
    },
  };
}

/** What is in the results, and in which order; a change of similarities alone is not reported. */
const signatureOf = ({ results }: Pick<Top, 'results'>): string =>
  createHash('sha1')
    .update(results.map(({ documentId }) => documentId).join(' '))
    .digest('hex');

/** A new entry without look-alikes is not reported. */
const EMPTY = signatureOf({ results: [] });

const toKey = ({ type, document_id, locale }: Row): TopKey => ({
  type,
  documentId: document_id,
  ...(locale && { locale }),
});

function toUnsent(row: Row): UnsentTop {
  const { results } = JSON.parse(row.results) as { results: TopResult[] };
  return { ...toKey(row), id: row.id, signature: row.signature, attempts: Number(row.attempts), results };
}
