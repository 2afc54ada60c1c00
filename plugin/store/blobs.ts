import type { Knex } from 'knex';
import type { Blobs } from '../ports';
import { BLOBS } from './schema';
import { write } from './write';

/** Blobs in a table of our own, through a knex instance that the caller owns. */
export function createKnexBlobs(knex: Knex): Blobs {
  return {
    async read(name) {
      const row: { value: Buffer } | undefined = await knex(BLOBS).where({ name }).first('value');
      // A copy: the driver's buffer may be unaligned, or part of a shared pool.
      return row && new Uint8Array(row.value);
    },

    async write(name, bytes) {
      const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      await write(() => knex(BLOBS).insert({ name, value }).onConflict('name').merge(['value']));
    },

    async remove(name) {
      await write(() => knex(BLOBS).where({ name }).delete());
    },
  };
}
