import type { Knex } from 'knex';
import type { Records } from '../ports';
import { RECORDS } from './schema';
import { write } from './write';

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
        const change = { revision: after + 1, value: text };
        return (await write(() => knex(RECORDS).where({ name, revision: after }).update(change))) > 0;
      }
      await write(() => knex(RECORDS).insert({ name, revision: 0, value: text }).onConflict('name').ignore());
      const first = { revision: 1, value: text };
      return (await write(() => knex(RECORDS).where({ name, revision: 0 }).update(first))) > 0;
    },
  };
}
