import type { Knex } from 'knex';

export type Row = Record<string, unknown> & { id: number };

/** Of one statement: SQLite takes 32,766 values and 500 rows. */
const ROWS = 200;

export interface RowCopies {
  /** Notes a copy. @returns its id. */
  add(table: string, original: Row, change: object): number;
  /** Writes what is noted, tables in the given order: what others point to comes first. */
  write(): Promise<void>;
  /** Has the database go on counting behind the copies. */
  end(): Promise<void>;
}

/** Rows made after the model of others, straight into the database. */
export async function createRowCopies(knex: Knex, tables: readonly string[]): Promise<RowCopies> {
  const next = new Map<string, number>();
  for (const table of tables) {
    const { last } = (await knex(table).max('id as last').first()) as { last: number | null };
    next.set(table, (last ?? 0) + 1);
  }
  const noted = new Map<string, object[]>(tables.map((table) => [table, []]));
  return {
    add(table, original, change) {
      const id = next.get(table) as number;
      next.set(table, id + 1);
      noted.get(table)?.push({ ...original, ...change, id });
      return id;
    },
    async write() {
      for (const [table, rows] of noted) {
        for (let at = 0; at < rows.length; at += ROWS) await knex(table).insert(rows.slice(at, at + ROWS));
        rows.length = 0;
      }
    },
    async end() {
      if (knex.client.config.client !== 'pg') return;
      for (const [table, id] of next) await knex.raw(`select setval(pg_get_serial_sequence(?, 'id'), ?)`, [table, id]);
    },
  };
}
