import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Records } from '../ports';
import { RECORDS } from './schema';
import { write } from './write';

/** Of the column. */
const LONGEST = 64;

/** A longer name, such as that of a space of a model of one's own, is stored as its beginning and its checksum. */
const keyOf = (name: string): string =>
  name.length > LONGEST ? `${name.slice(0, 31)}~${createHash('sha256').update(name).digest('hex').slice(0, 32)}` : name;

/** As `write` of the records. @param knex may be a transaction. */
export async function writeRecord(knex: Knex, record: string, value: unknown, after: number): Promise<boolean> {
  const name = keyOf(record);
  const text = JSON.stringify(value);
  if (after > 0) {
    const change = { revision: after + 1, value: text };
    return (await knex(RECORDS).where({ name, revision: after }).update(change)) > 0;
  }
  await knex(RECORDS).insert({ name, revision: 0, value: text }).onConflict('name').ignore();
  return (await knex(RECORDS).where({ name, revision: 0 }).update({ revision: 1, value: text })) > 0;
}

/** Records in the table of our own, through a knex instance that the caller owns. */
export function createKnexRecords(knex: Knex): Records {
  return {
    async read(record) {
      const name = keyOf(record);
      const row = await knex(RECORDS).where({ name }).first('revision', 'value');
      return row && { revision: Number(row.revision), value: JSON.parse(row.value) };
    },

    write: (record, value, after) => write(() => writeRecord(knex, record, value, after)),
  };
}
