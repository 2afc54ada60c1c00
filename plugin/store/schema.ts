import type { Knex } from 'knex';
import { SimilarError } from '../errors';
import { addMissingIndexes, type Index } from './indexes';
import { write } from './write';

/** Tables of our own, made with knex: Strapi drops content-type tables of a disabled plugin, and has no BLOB attribute. */
export const EMBEDDINGS = 'similar_embeddings';
export const COUNTERS = 'similar_counters';
export const RECORDS = 'similar_records';
export const RULES = 'similar_rules';
export const BLOBS = 'similar_blobs';
export const TOPS = 'similar_tops';
export const TOP_REFS = 'similar_top_refs';
export const CHANGES = 'similar_changes';
export const LOSSES = 'similar_losses';
export const TABLES = [EMBEDDINGS, LOSSES, COUNTERS, RECORDS, RULES, BLOBS, TOPS, TOP_REFS, CHANGES];

/** Strapi's own columns hold so much of a documentId and of a locale; keys of all of them together fit into MySQL's 3,072 bytes. */
const DOCUMENT_ID = 255;
const LOCALE = 255;
const UID = 190;

const CLIENTS = ['better-sqlite3', 'sqlite3', 'sqlite', 'pg', 'postgres', 'mysql', 'mysql2'];

const INDEXES: Record<string, Index[]> = {
  [EMBEDDINGS]: [
    { name: 'similar_embeddings_file_space', columns: ['file_id', 'space'], unique: true },
    // Pages of a space by id: without it SQLite reads and sorts the whole space for each of them.
    { name: 'similar_embeddings_page', columns: ['space', 'file_id'] },
    { name: 'similar_embeddings_state', columns: ['space', 'state', 'file_id'] },
    // The times last: rows that wait are passed over in the index.
    {
      name: 'similar_embeddings_order',
      columns: ['space', 'state', 'backlog', 'attempts', 'file_id', 'not_before', 'lease_until'],
    },
    // Failed rows whose time has come are looked for every few seconds.
    { name: 'similar_embeddings_due', columns: ['space', 'state', 'not_before'] },
    { name: 'similar_embeddings_seq', columns: ['space', 'seq'] },
  ],
  [LOSSES]: [
    { name: 'similar_losses_seq', columns: ['space', 'seq'] },
    { name: 'similar_losses_old', columns: ['lost_at'] },
  ],
  [RULES]: [
    { name: 'similar_rules_once', columns: ['kind', 'type', 'source', 'target'], unique: true },
    { name: 'similar_rules_source', columns: ['type', 'source'] },
    // The list of all decisions, the latest first.
    { name: 'similar_rules_latest', columns: ['created_at', 'id'] },
    { name: 'similar_rules_kind', columns: ['kind', 'created_at', 'id'] },
  ],
  [TOPS]: [
    { name: 'similar_tops_once', columns: ['type', 'document_id', 'locale'], unique: true },
    { name: 'similar_tops_unsent', columns: ['unsent', 'not_before'] },
  ],
  [TOP_REFS]: [
    { name: 'similar_top_refs_ref', columns: ['ref'] },
    { name: 'similar_top_refs_top', columns: ['top_id'] },
  ],
};

/**
 * Grows with each change that cannot be told from what is there (a column that means something else, say): a later version of the
 * plugin finds here what it starts from. Missing tables and indexes are not such a change.
 */
export const SCHEMA_VERSION = 1;

/**
 * Creates the tables and indexes that are missing. Each step is one statement and looks at what is there: whatever ends the process
 * in between, the next start continues from there. Safe when several nodes do it at once.
 * @throws SimilarError `STORE_UNSUPPORTED`, `STORE_REFUSED`
 */
export function createSchema(knex: Knex): Promise<void> {
  return write(() => create(knex));
}

async function create(knex: Knex): Promise<void> {
  const client = clientOf(knex);
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
    // 0: somebody has just uploaded it. Smaller numbers come first.
    table.integer('backlog').notNullable().defaultTo(1);
    table.string('digest', 64);
    // It holds an address of the upload provider, which Strapi lets be of any length.
    text(table, 'stamp');
    table.string('code', 32);
    text(table, 'reason');
    table.string('lease', 36);
    table.bigInteger('lease_until').notNullable().defaultTo(0);
    table.bigInteger('not_before').notNullable().defaultTo(0);
    table.bigInteger('updated_at').notNullable();
    table.bigInteger('seq');
    // Last, so that databases read the queue's columns without the vectors.
    table.binary('vector');
    table.binary('miniature');
    table.binary('palette');
  });
  await addColumnOnce(knex, EMBEDDINGS, 'miniature', (table) => table.binary('miniature'));
  await addColumnOnce(knex, EMBEDDINGS, 'palette', (table) => table.binary('palette'));
  await createOnce(knex, LOSSES, (table) => {
    table.increments('id');
    table.bigInteger('seq').notNullable();
    table.string('space', 120).notNullable();
    table.integer('file_id').notNullable();
    table.bigInteger('lost_at').notNullable();
  });
  await createOnce(knex, COUNTERS, (table) => {
    table.string('name', 64).primary();
    table.bigInteger('value').notNullable();
  });
  await createOnce(knex, RECORDS, (table) => {
    table.string('name', 64).primary();
    table.integer('revision').notNullable();
    text(table, 'value').notNullable();
  });
  await createOnce(knex, BLOBS, (table) => {
    table.string('name', 120).primary();
    // MySQL's plain blob ends at 64 kB.
    if (isMysql(knex)) table.specificType('value', 'longblob').notNullable();
    else table.binary('value').notNullable();
  });
  await createOnce(knex, RULES, (table) => {
    table.increments('id');
    table.string('kind', 16).notNullable();
    table.string('type', UID).notNullable();
    // Empty: everywhere.
    table.string('source', DOCUMENT_ID).notNullable();
    table.string('target', DOCUMENT_ID).notNullable();
    table.integer('place');
    // First and last name: 255 characters each.
    text(table, 'author');
    table.bigInteger('created_at').notNullable();
  });
  await createOnce(knex, TOPS, (table) => {
    table.increments('id');
    table.string('type', UID).notNullable();
    table.string('document_id', DOCUMENT_ID).notNullable();
    // Empty: the type has no locales.
    table.string('locale', LOCALE).notNullable();
    table.integer('revision').notNullable().defaultTo(0);
    table.string('signature', 40).notNullable();
    // Signature of what was reported last.
    table.string('sent', 40).notNullable();
    table.integer('unsent').notNullable().defaultTo(0);
    table.integer('attempts').notNullable().defaultTo(0);
    table.bigInteger('not_before').notNullable().defaultTo(0);
    table.string('lease', 36);
    text(table, 'results').notNullable();
  });
  await createOnce(knex, TOP_REFS, (table) => {
    // Nobody reads it: MySQL can be configured to refuse tables without a primary key.
    table.increments('id');
    table.integer('top_id').notNullable();
    // documentId of a result, or # and the id of a picture that made it one.
    table.string('ref', DOCUMENT_ID).notNullable();
  });
  await createOnce(knex, CHANGES, (table) => {
    table.increments('id');
    table.string('type', UID).notNullable();
    table.string('target', DOCUMENT_ID).notNullable();
  });
  for (const [table, indexes] of Object.entries(INDEXES)) await addMissingIndexes(knex, table, indexes);
  // Those that have no index of ours may be somebody else's, too.
  await knex(COUNTERS).select('name', 'value').limit(0);
  await knex(RECORDS).select('name', 'revision', 'value').limit(0);
  await knex(BLOBS).select('name', 'value').limit(0);
  await knex(CHANGES).select('id', 'type', 'target').limit(0);
  const counters = [
    { name: 'seq', value: 0 },
    { name: 'schema', value: SCHEMA_VERSION },
  ];
  await knex(COUNTERS).insert(counters).onConflict('name').ignore();
}

const clientOf = (knex: Knex) => String(knex.client.config.client);
export const isMysql = (knex: Knex) => clientOf(knex).startsWith('mysql');

/** Of any length: MySQL's plain text ends at 64 kB. Other databases have one kind. */
const text = (table: Knex.CreateTableBuilder, name: string) => table.text(name, 'longtext' as 'mediumtext');

/** On MySQL whatever the database's own settings are: any character, ids that differ in case differ, and the longest keys. */
function asEverywhere(table: Knex.CreateTableBuilder): void {
  table.charset('utf8mb4');
  table.collate('utf8mb4_bin');
  table.engine('InnoDB row_format = dynamic');
}

async function createOnce(knex: Knex, name: string, build: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  if (await knex.schema.hasTable(name)) return;
  try {
    await knex.schema.createTable(name, (table) => {
      build(table);
      if (isMysql(knex)) asEverywhere(table);
    });
  } catch (error) {
    // Another node was faster.
    if (!(await knex.schema.hasTable(name))) throw error;
  }
}

/** To a table of an earlier version. */
async function addColumnOnce(
  knex: Knex,
  name: string,
  column: string,
  add: (table: Knex.AlterTableBuilder) => void,
): Promise<void> {
  if (await knex.schema.hasColumn(name, column)) return;
  try {
    await knex.schema.alterTable(name, add);
  } catch (error) {
    // Another node was faster.
    if (!(await knex.schema.hasColumn(name, column))) throw error;
  }
}
