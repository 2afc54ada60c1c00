import type { Knex } from 'knex';
import type { Records } from '../pipeline/ports';
import { RECORDS } from './schema';

/** Records in the table of our own, through a knex instance that the caller owns. */
export function createKnexRecords(knex: Knex): Records {
  return {
    async read(name) {
      const row = await knex(RECORDS).where({ name }).first('revision', 'value');
      return row && { revision: Number(row.revision), value: JSON.parse(row.value) };
    },

    async write(name, value, after) {
      const text = JSON.stringify(value);
      if (after > 0) {
        return (
          (await knex(RECORDS)
            .where({ name, revision: after })
            .update({ revision: after + 1, value: text })) > 0
        );
      }
      await knex(RECORDS).insert({ name, revision: 0, value: text }).onConflict('name').ignore();
      return (await knex(RECORDS).where({ name, revision: 0 }).update({ revision: 1, value: text })) > 0;
    },
  };
}
