import type { Knex } from 'knex';

export interface Index {
  name: string;
  columns: string[];
  unique?: boolean;
}

/** Adds those that a table does not have, also one of an earlier version. Safe when several nodes do it at once. */
export async function addMissingIndexes(knex: Knex, table: string, indexes: readonly Index[]): Promise<void> {
  const present = await indexNames(knex, table);
  for (const index of indexes.filter(({ name }) => !present.has(name))) {
    try {
      await knex.schema.alterTable(table, (altered) => add(altered, index));
    } catch (error) {
      // Another node was faster.
      if (!(await indexNames(knex, table)).has(index.name)) throw error;
    }
  }
}

function add(table: Knex.AlterTableBuilder, { name, columns, unique }: Index): void {
  if (unique) table.unique(columns, { indexName: name });
  else table.index(columns, name);
}

/** Each database has its own list of them, and knex none. */
async function indexNames(knex: Knex, table: string): Promise<Set<string>> {
  const found: Array<{ name: string }> = await listOf(knex, table);
  return new Set(found.map(({ name }) => name));
}

function listOf(knex: Knex, table: string): Knex.QueryBuilder {
  const client = String(knex.client.config.client);
  if (client.startsWith('mysql')) {
    const ofTable = knex('information_schema.statistics').where({ table_name: table });
    return ofTable.whereRaw('table_schema = database()').distinct({ name: 'index_name' });
  }
  if (client === 'pg' || client === 'postgres') {
    const ofTable = knex('pg_indexes').where({ tablename: table });
    return ofTable.whereRaw('schemaname = current_schema()').select({ name: 'indexname' });
  }
  return knex('sqlite_master').where({ type: 'index', tbl_name: table }).select('name');
}
