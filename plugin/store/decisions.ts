import type { Knex } from 'knex';
import type { DecisionKind } from '../contracts/decisions';
import type { Decisions, StoredDecision } from '../ports';
import type { RuleRow } from './rules';
import { RULES } from './schema';
import { APART } from './verdicts';
import { write } from './write';

type Row = RuleRow<string> & { id: number };

const COLUMNS = ['id', 'kind', 'type', 'source', 'target', 'place', 'author', 'created_at'].map((name) => `r.${name}`);
/** Verdicts of which one may be many rows, all of the same source and time. */
const GROUPED = ['same', APART];
const isGrouped = ({ kind }: Pick<Row, 'kind'>) => GROUPED.includes(kind);

const STORED: Record<DecisionKind, (rows: Knex.QueryBuilder) => Knex.QueryBuilder> = {
  pin: (rows) => rows.where('r.kind', 'pin'),
  'hide-here': (rows) => rows.where('r.kind', 'hide').whereNot('r.source', ''),
  'hide-everywhere': (rows) => rows.where('r.kind', 'hide').where('r.source', ''),
  same: (rows) => rows.where('r.kind', 'same'),
  different: (rows) => rows.whereIn('r.kind', ['different', APART]),
};

/** The table of the rules as people read it: a row for each decision, page by page. */
export function createKnexDecisions(knex: Knex): Decisions {
  /** Of the rows of a verdict on a group, only the first: each of the others finds it by one look into the index. */
  function matching({ kind, author }: { kind?: DecisionKind; author?: string }): Knex.QueryBuilder {
    const earlier = knex(`${RULES} as e`)
      .select(knex.raw('1'))
      .whereRaw('e.kind = r.kind and e.type = r.type and e.source = r.source and e.target < r.target')
      .whereRaw('e.created_at = r.created_at');
    const rows = knex(`${RULES} as r`).where((first) => first.whereNotIn('r.kind', GROUPED).orWhereNotExists(earlier));
    if (author !== undefined) rows.where('r.author', author);
    return kind ? STORED[kind](rows) : rows;
  }

  const rowsOf = ({ kind, type, source, created_at }: Row, db: Knex = knex) =>
    db(RULES).where({ kind, type, source, created_at });

  const rowOf = async (id: number, db: Knex = knex): Promise<Row | undefined> =>
    db(`${RULES} as r`).where('r.id', id).first(COLUMNS);

  async function counts(rows: Row[]): Promise<Map<string, number>> {
    const groups = rows.filter(isGrouped);
    if (groups.length === 0) return new Map();
    const counted = await knex(RULES)
      .whereIn('kind', GROUPED)
      .whereIn('source', [...new Set(groups.map(({ source }) => source))])
      .groupBy('kind', 'source', 'created_at')
      .select('kind', 'source', 'created_at', knex.raw('count(*) as many'));
    return new Map(counted.map((row) => [groupKey(row), Number(row.many)]));
  }

  async function read(rows: Row[]): Promise<StoredDecision[]> {
    const many = await counts(rows);
    return rows.map((row) => toDecision(row, many.get(groupKey(row)) ?? 1));
  }

  return {
    async page({ page, pageSize, ...wanted }) {
      const rows: Row[] = await matching(wanted)
        .select(COLUMNS)
        .orderBy([
          { column: 'r.created_at', order: 'desc' },
          { column: 'r.id', order: 'desc' },
        ])
        .limit(pageSize)
        .offset((page - 1) * pageSize);
      const [{ total }] = await matching(wanted).count({ total: '*' });
      return { decisions: await read(rows), total: Number(total) };
    },

    async authors() {
      const found: string[] = await knex(RULES)
        .whereNotNull('author')
        .distinct('author')
        .orderBy('author')
        .pluck('author');
      return found;
    },

    async get(id) {
      const row = await rowOf(id);
      return row && (await read([row]))[0];
    },

    async pictures(id) {
      const row = await rowOf(id);
      if (!row) return [];
      const targets: string[] = await rowsOf(row).orderBy('target').pluck('target');
      return row.kind === APART ? targets : [row.source, ...targets];
    },

    removeVerdict: (id) =>
      write(() =>
        knex.transaction(async (trx) => {
          const row = await rowOf(id, trx);
          if (!row || ['pin', 'hide'].includes(row.kind)) return false;
          return (await rowsOf(row, trx).delete()) > 0;
        }),
      ),
  };
}

const groupKey = ({ kind, source, created_at }: Pick<Row, 'kind' | 'source' | 'created_at'>) =>
  `${kind} ${source} ${created_at}`;

function toDecision({ id, kind, type, source, target, place, author, created_at }: Row, rows: number): StoredDecision {
  const common = { id, type, createdAt: Number(created_at), ...(author && { author }) };
  if (kind === 'pin') return { ...common, kind, target, source, place: Number(place) };
  if (kind === 'hide') {
    return source ? { ...common, kind: 'hide-here', target, source } : { ...common, kind: 'hide-everywhere', target };
  }
  // The source of a set is no picture.
  if (kind === APART) return { ...common, kind: 'different', target, others: rows - 1 };
  const verdict = kind === 'same' ? ('same' as const) : ('different' as const);
  return rows === 1
    ? { ...common, kind: verdict, target, source }
    : { ...common, kind: verdict, target: source, others: rows };
}
