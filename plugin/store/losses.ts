import type { Knex } from 'knex';
import { faultPoint } from '../fault-point';
import type { LostVector, SpaceId } from '../ports';
import { CHUNK, chunks } from './chunks';
import { EMBEDDINGS, LOSSES } from './schema';
import { nextSeqs } from './sequence';

/** A node that was away for longer starts from scratch, and compares everything then. */
const KEPT_MS = 7 * 24 * 3_600_000;

interface Loser {
  file_id: number;
  space: SpaceId;
}

/** Notes that these rows have no vector any more, so that other nodes hear of it. In the transaction in which they lose it. */
export async function noteLosses(trx: Knex.Transaction, losers: readonly Loser[]): Promise<void> {
  if (losers.length === 0) return;
  const now = Date.now();
  const first = await nextSeqs(trx, losers.length);
  const rows = losers.map(({ file_id, space }, index) => ({ file_id, space, seq: first + index, lost_at: now }));
  for (const chunk of chunks(rows)) await trx(LOSSES).insert(chunk);
  // A week after very many were lost, a few at a time: as many as one call notes, or more.
  const old: number[] = await trx(LOSSES)
    .where('lost_at', '<', now - KEPT_MS)
    .limit(CHUNK)
    .pluck('id');
  if (old.length > 0) await trx(LOSSES).whereIn('id', old).delete();
  faultPoint('loss-noted');
}

/** Deletes the rows that `of` asks for; those that have a vector lose it. */
export async function deleteRows(
  trx: Knex.Transaction,
  of: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
): Promise<void> {
  // Before the rows, as those do who store vectors: two that wait for each other would not end.
  await nextSeqs(trx, 0);
  const losers: Loser[] = await of(trx(EMBEDDINGS)).whereNotNull('seq').forUpdate().select('file_id', 'space');
  await of(trx(EMBEDDINGS)).delete();
  faultPoint('rows-gone');
  await noteLosses(trx, losers);
}

export async function lostSince(knex: Knex, space: SpaceId, afterSeq: number, limit: number): Promise<LostVector[]> {
  const found = await knex(LOSSES)
    .where({ space })
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(limit)
    .select('file_id', 'seq');
  return found.map(({ file_id, seq }) => ({ fileId: file_id, seq: Number(seq) }));
}
