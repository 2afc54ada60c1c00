import type { Knex } from 'knex';
import { SimilarError } from '../errors';

/** Tables of our own, made with knex: Strapi drops content-type tables of a disabled plugin, and has no BLOB attribute. */
export const EMBEDDINGS = 'similar_embeddings';
export const COUNTERS = 'similar_counters';
export const RECORDS = 'similar_records';
export const RULES = 'similar_rules';

const CLIENTS = ['better-sqlite3', 'sqlite3', 'sqlite', 'pg', 'postgres', 'mysql', 'mysql2'];

/** Creates the tables that are missing. Safe when several nodes do it at once. */
export async function createSchema(knex: Knex): Promise<void> {
  const client = String(knex.client.config.client);
  if (!CLIENTS.includes(client)) {
    throw new SimilarError(
      'STORE_UNSUPPORTED',
      `Expected SQLite, PostgreSQL or MySQL but the database client is "${client}"`,
    );
  }
  await createOnce(knex, EMBEDDINGS, (table) => {
    table.increments('id');
    table.integer('file_id').notNullable();
    table.string('space', 120).notNullable();
    table.string('state', 16).notNullable();
    table.integer('revision').notNullable().defaultTo(1);
    table.integer('attempts').notNullable().defaultTo(0);
    table.string('digest', 64);
    table.string('stamp', 255);
    table.string('code', 32);
    table.text('reason');
    table.string('lease', 36);
    table.bigInteger('lease_until').notNullable().defaultTo(0);
    table.bigInteger('not_before').notNullable().defaultTo(0);
    table.bigInteger('updated_at').notNullable();
    table.bigInteger('seq');
    // Last, so that databases read the queue's columns without the vectors.
    table.binary('vector');
    table.unique(['file_id', 'space'], { indexName: 'similar_embeddings_file_space' });
    table.index(['space', 'state', 'file_id'], 'similar_embeddings_state');
    table.index(['space', 'seq'], 'similar_embeddings_seq');
  });
  await createOnce(knex, COUNTERS, (table) => {
    table.string('name', 64).primary();
    table.bigInteger('value').notNullable();
  });
  await createOnce(knex, RECORDS, (table) => {
    table.string('name', 64).primary();
    table.integer('revision').notNullable();
    table.text('value').notNullable();
  });
  await createOnce(knex, RULES, (table) => {
    table.increments('id');
    table.string('kind', 16).notNullable();
    table.string('type', 120).notNullable();
    // Empty: everywhere.
    table.string('source', 64).notNullable();
    table.string('target', 64).notNullable();
    table.integer('place');
    table.string('author', 120);
    table.bigInteger('created_at').notNullable();
    table.unique(['kind', 'type', 'source', 'target'], { indexName: 'similar_rules_once' });
    table.index(['type', 'source'], 'similar_rules_source');
  });
  await knex(COUNTERS).insert({ name: 'seq', value: 0 }).onConflict('name').ignore();
}

async function createOnce(knex: Knex, name: string, build: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  if (await knex.schema.hasTable(name)) return;
  try {
    await knex.schema.createTable(name, build);
  } catch (error) {
    // Another node was faster.
    if (!(await knex.schema.hasTable(name))) throw error;
  }
}
