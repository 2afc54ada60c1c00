import type { Knex } from 'knex';
import type { Verdict } from '../contracts/rules';
import type { Verdicts } from '../ports';
import { RULES } from './schema';

const KINDS: Array<Verdict['kind']> = ['same', 'different'];

/** What people said of pictures, in the table of the rules. */
export function createKnexVerdicts(knex: Knex): Verdicts {
  const rules = () => knex(RULES);

  return {
    async all() {
      const rows = await rules().whereIn('kind', KINDS).orderBy('id').select('kind', 'source', 'target');
      return { pairs: rows.map(({ kind, source, target }) => ({ kind, a: source, b: target })) };
    },

    async state() {
      // Ids only grow, and a rule that is set again has another time.
      const [row] = await rules()
        .whereIn('kind', KINDS)
        .select(knex.raw('count(*) as many, max(id) as last, max(created_at) as at'));
      return `${row.many} ${row.last} ${row.at}`;
    },
  };
}
