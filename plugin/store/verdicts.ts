import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Verdict } from '../contracts/rules';
import type { Verdicts } from '../ports';
import { chunks } from './chunks';
import { putRules } from './rules';
import { RULES } from './schema';
import { write } from './write';

/**
 * A verdict on two pictures is a row of the rules that names both. One on a group of n would be n²/2 of them, so:
 *
 * - *Same* is handed on: what is the same as one picture is the same as all that are. The first of the group with each other one,
 *   n−1 rows, says it all.
 * - *Different* is not: a ≠ b and b ≠ c say nothing of a and c. Only the pairs that are linked now would be a few rows as well, but
 *   other pairs are linked tomorrow, when a picture changes or fewer lie between them, and somebody would be asked again. So the
 *   group is kept as a set, a row for each member: source names the set, target the picture.
 */
export const APART = 'apart';
const KINDS = ['same', 'different', APART];

interface Row {
  id: number;
  source: string;
  target: string;
  author: string | null;
}

/** What people said of pictures, in the table of the rules. */
export function createKnexVerdicts(knex: Knex): Verdicts {
  const inTransaction = (change: (trx: Knex.Transaction) => Promise<void>) => write(() => knex.transaction(change));

  return {
    async all() {
      const rows = await knex(RULES).whereIn('kind', KINDS).orderBy('id').select('kind', 'source', 'target');
      const sets = new Map<string, string[]>();
      const pairs: Array<{ kind: Verdict['kind']; a: string; b: string }> = [];
      for (const { kind, source, target } of rows) {
        if (kind !== APART) pairs.push({ kind, a: source, b: target });
        else if (sets.get(source)?.push(target) === undefined) sets.set(source, [target]);
      }
      return { pairs, sets: [...sets.values()] };
    },

    async state() {
      // Ids only grow, and a rule that is set again has another time.
      const [row] = await knex(RULES)
        .whereIn('kind', KINDS)
        .select(knex.raw('count(*) as many, max(id) as last, max(created_at) as at'));
      return `${row.many} ${row.last} ${row.at}`;
    },

    judge: (kind, pictures, author) =>
      inTransaction(async (trx) => {
        const group = [...new Set(pictures)].sort();
        if (kind === 'same') {
          await noLongerDifferent(trx, group);
          return insert(trx, kind, star(group), author);
        }
        await remove(trx, await pairsAmong(trx, 'same', group));
        if (group.length === 2) return insert(trx, kind, star(group), author);
        await insert(trx, APART, membersOf(group), author);
      }),

    undo: (kind, pictures) =>
      inTransaction((trx) => (kind === 'same' ? noLongerSame(trx, pictures) : noLongerDifferent(trx, pictures))),
  };
}

/** The set of a group, in ascending order, with each of its members. */
export function membersOf(group: readonly string[]): Array<[string, string]> {
  const set = createHash('sha256').update(group.join(' ')).digest('hex');
  return group.map((target) => [set, target]);
}

/** The first one with each other one; pictures of a pair are in ascending order. */
const star = ([first, ...others]: string[]): Array<[string, string]> => others.map((other) => [first, other]);

async function insert(trx: Knex.Transaction, kind: string, ends: Array<[string, string]>, author?: string | null) {
  const common = { kind, type: 'file', place: null, author: author ?? null, created_at: Date.now() };
  await putRules(
    trx,
    ends.map(([source, target]) => ({ ...common, source, target })),
  );
}

async function remove(trx: Knex.Transaction, rows: Row[]): Promise<void> {
  for (const chunk of chunks(rows.map(({ id }) => id))) await trx(RULES).whereIn('id', chunk).delete();
}

async function rowsOf(trx: Knex.Transaction, kind: string, end: 'source' | 'target', pictures: readonly string[]) {
  const found: Row[] = [];
  for (const chunk of chunks(pictures)) {
    const rows = trx(RULES).where({ kind, type: 'file' }).whereIn(end, chunk);
    found.push(...(await rows.select('id', 'source', 'target', 'author')));
  }
  return found;
}

async function pairsAmong(trx: Knex.Transaction, kind: Verdict['kind'], pictures: readonly string[]): Promise<Row[]> {
  const among = new Set(pictures);
  return (await rowsOf(trx, kind, 'source', pictures)).filter(({ target }) => among.has(target));
}

/** Pictures that a set of different ones shares with the group leave it. */
async function noLongerDifferent(trx: Knex.Transaction, pictures: readonly string[]): Promise<void> {
  await remove(trx, await pairsAmong(trx, 'different', pictures));
  const members = await rowsOf(trx, APART, 'target', pictures);
  const counts = new Map<string, number>();
  for (const { source } of members) counts.set(source, (counts.get(source) ?? 0) + 1);
  await remove(
    trx,
    members.filter(({ source }) => (counts.get(source) ?? 0) > 1),
  );
}

/** Those that were the same as the group, and are not of it, are still the same as each other. */
async function noLongerSame(trx: Knex.Transaction, pictures: readonly string[]): Promise<void> {
  const rows: Row[] = await trx(RULES).where({ kind: 'same', type: 'file' }).select('id', 'source', 'target', 'author');
  const at = new Map<string, Row[]>();
  for (const row of rows) {
    for (const end of [row.source, row.target]) if (at.get(end)?.push(row) === undefined) at.set(end, [row]);
  }
  const group = new Set(pictures);
  const seen = new Set<string>();
  for (const picture of group) {
    if (seen.has(picture)) continue;
    const together = [picture];
    const said = new Set<Row>();
    seen.add(picture);
    for (const one of together) {
      for (const row of at.get(one) ?? []) {
        said.add(row);
        for (const end of [row.source, row.target]) {
          if (seen.has(end)) continue;
          seen.add(end);
          together.push(end);
        }
      }
    }
    await remove(trx, [...said]);
    const [first] = said;
    await insert(trx, 'same', star(together.filter((one) => !group.has(one)).sort()), first?.author);
  }
}
