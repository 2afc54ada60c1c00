import type { Knex } from 'knex';
import type { Records } from '../ports';
import { chunks } from './chunks';
import { writeRecord } from './records';
import { putRules, type RuleRow } from './rules';
import { RULES } from './schema';
import { write } from './write';

/** Rules and verdicts as they are stored: what `createKnexRules` and `createKnexVerdicts` read and write. */
export type StoredRow = Omit<RuleRow<string>, 'created_at'> & { id: number; created_at: number };
export type NewRow = Omit<StoredRow, 'id'>;

/** Writes records by the way to do so that it is given. */
export type RecordsWriter = (write: Records['write']) => Promise<void>;

export interface RowChanges {
  /** Ids. */
  remove: readonly number[];
  /** Takes the place of a row about the same. */
  put: readonly NewRow[];
}

const COLUMNS = ['id', 'kind', 'type', 'source', 'target', 'place', 'author', 'created_at'];

/** The table of the rules as a whole, for what is carried from one database to another. */
export function createKnexRuleRows(knex: Knex) {
  async function all(db: Knex = knex): Promise<StoredRow[]> {
    const rows: Array<RuleRow<string> & { id: number }> = await db(RULES).orderBy('id').select(COLUMNS);
    return rows.map((row) => ({ ...row, created_at: Number(row.created_at) }));
  }

  return {
    all: (): Promise<StoredRow[]> => all(),

    /**
     * All of it or nothing.
     * @param plan says what is to change of what is there; it may be asked again.
     * @param first what else belongs to it, in records.
     */
    change: <Plan extends RowChanges>(plan: (there: StoredRow[]) => Plan, first?: RecordsWriter): Promise<Plan> =>
      write(() =>
        knex.transaction(async (trx) => {
          await first?.((name, value, after) => writeRecord(trx, name, value, after));
          const planned = plan(await all(trx));
          for (const chunk of chunks(planned.remove)) await trx(RULES).whereIn('id', chunk).delete();
          await putRules(trx, planned.put);
          return planned;
        }),
      ),
  };
}

export type RuleRows = ReturnType<typeof createKnexRuleRows>;
