import type { Knex } from 'knex';
import type { Rule, StoredRule } from '../contracts/rules';
import { gather } from '../gather';
import type { Rules } from '../ports';
import { chunks } from './chunks';
import { RULES } from './schema';
import { write } from './write';

const EVERYWHERE = '';

/** As the database gives it. */
export interface RuleRow<Kind = Rule['kind']> {
  kind: Kind;
  type: string;
  source: string;
  target: string;
  place: number | null;
  author: string | null;
  created_at: number | string;
}

/** A row has seven values. */
const ROWS = 100;

/** Each takes the place of a row about the same. */
export async function putRules(db: Knex, rows: ReadonlyArray<RuleRow<string>>): Promise<void> {
  for (const chunk of chunks(rows, ROWS)) {
    const put = db(RULES).insert(chunk).onConflict(['kind', 'type', 'source', 'target']);
    await put.merge(['place', 'author', 'created_at']);
  }
}

const COLUMNS = ['kind', 'type', 'source', 'target', 'place', 'author', 'created_at'] as const;

/** Rules in a table of our own, through a knex instance that the caller owns: they stay when the plugin is disabled. */
export function createKnexRules(knex: Knex): Rules {
  const rules = () => knex(RULES);
  const read = async (query: Knex.QueryBuilder): Promise<StoredRule[]> => {
    const rows: RuleRow[] = await query.select(COLUMNS).orderBy([{ column: 'place' }, { column: 'id' }]);
    return rows.map(toRule);
  };

  /** By source; hides everywhere are in each. */
  async function concerningAny(type: string, sources: ReadonlySet<string>): Promise<Map<string, StoredRule[]>> {
    const found = new Map<string, StoredRule[]>();
    for (const chunk of chunks([...sources])) {
      const stored = await read(
        rules()
          .where({ type })
          // Of verdicts one picture may have thousands, and no search asks for them.
          .whereIn('kind', ['pin', 'hide'])
          .whereIn('source', [...chunk, EVERYWHERE]),
      );
      for (const source of chunk) {
        found.set(
          source,
          stored.filter((rule) => [source, EVERYWHERE].includes(rule.source ?? EVERYWHERE)),
        );
      }
    }
    return found;
  }

  /** The items of a batch share a query. */
  const concerning = gather(async (asks: Array<{ type: string; source: string }>) => {
    const sources = new Map<string, Set<string>>();
    for (const { type, source } of asks) sources.set(type, (sources.get(type) ?? new Set()).add(source));
    const found = new Map<string, Map<string, StoredRule[]>>();
    for (const [type, ofType] of sources) found.set(type, await concerningAny(type, ofType));
    return asks.map(({ type, source }) => found.get(type)?.get(source) ?? []);
  });

  return {
    concerning: (type, source = EVERYWHERE) => concerning({ type, source }),

    list: (kinds) => read(rules().whereIn('kind', [...kinds])),

    async set(rule, author) {
      const place = rule.kind === 'pin' ? rule.place : null;
      const row = { ...keyOf(rule), place, author: author ?? null, created_at: Date.now() };
      await write(() => putRules(knex, [row]));
    },

    async remove(rule) {
      return (await write(() => rules().where(keyOf(rule)).delete())) > 0;
    },
  };
}

const keyOf = ({ kind, type, source, target }: Omit<Rule, 'place'>) => ({
  kind,
  type,
  source: source ?? EVERYWHERE,
  target,
});

function toRule({ kind, type, source, target, place, author, created_at }: RuleRow): StoredRule {
  const common = { type, target, createdAt: Number(created_at), ...(author && { author }) };
  if (kind === 'pin') return { kind, ...common, source, place: Number(place) };
  if (kind === 'hide') return { kind, ...common, ...(source !== EVERYWHERE && { source }) };
  return { kind, ...common, source };
}
