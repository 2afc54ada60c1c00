import { createHash } from 'node:crypto';
import type { SimilarConfig } from '../contracts/config';
import { SimilarError } from '../errors';
import type { Space, SpaceId } from '../ports';
import type { Session } from './pgvector-session';

/**
 * What is searched: a table of files per space, since a graph needs one length for all of its vectors, and one graph holds one space.
 * Files with the same vector share a row in the table of points: thousands of copies in the graph would hide what lies beyond them.
 */
export interface PgvectorTable {
  name: string;
  points: string;
  /** Another one when the table was dropped and made again: what was in it is gone then. */
  oid: number;
  /** Where the extension is installed: its types and operators are found there whatever the search path is. */
  schema: string;
}

/** Numbers that pgvector's graph takes in a `halfvec`. */
const MOST_DIMS = 4_000;
/** Of the extension: the first that goes on searching until enough is found. */
const LEAST_VERSION = [0, 8];
/** Of a row without a point, which keeps the largest seq that was seen. No file has it. */
export const MARK = -1;

const NOT_INSTALLED = 'pgvector is not installed on the database server';

/** Readable in no way, but different for any two spaces and short enough for a name; the table's comment names the space. */
export const tableName = (space: SpaceId): string =>
  `similar_index_${createHash('sha256').update(space).digest('hex').slice(0, 16)}`;

const pointsName = (space: SpaceId): string => `${tableName(space)}_points`;

/** Nodes write one after the other: two that put the same rows in another order would lock each other out. */
export const lockOf = (name: string): string => `select pg_advisory_xact_lock(hashtextextended('${name}', 0))`;

/**
 * In most cases all of it is there, and no right to create anything is needed.
 * @throws SimilarError `PGVECTOR_UNAVAILABLE`, `INVALID_CONFIG`
 */
export async function findTable(on: Session, space: Space): Promise<PgvectorTable | undefined> {
  if (space.dims > MOST_DIMS) {
    throw new SimilarError(
      'INVALID_CONFIG',
      `\`index.provider\` is \`pgvector\`, whose graph takes vectors of at most ${MOST_DIMS} numbers, but those of ${space.model} have ${space.dims}. Set it to \`usearch\`, or choose another model.`,
    );
  }
  return find(on, space);
}

/** Makes it unless it is there; safe to call by several nodes at once. @throws SimilarError `PGVECTOR_UNAVAILABLE` */
export const makeTable = (on: Session, space: Space, config: SimilarConfig['index']): Promise<PgvectorTable> =>
  on.transaction((trx) => make(trx, space, config)).catch(translate);

/** Whoever knows it sees by its oid that it is gone. */
export async function dropTable(on: Session, space: SpaceId): Promise<void> {
  await on.raw(`drop table if exists ${tableName(space)}, ${pointsName(space)}`);
}

/**
 * Looks without changing anything.
 * @returns its version, undefined where Strapi's database does not have it yet, or why it cannot be had.
 */
export async function lookForExtension(on: Session): Promise<{ version?: string; problem?: string }> {
  const { rows } = await on.raw(`select installed_version from pg_available_extensions where name = 'vector'`);
  if (rows.length === 0) return { problem: NOT_INSTALLED };
  const version: string | undefined = rows[0].installed_version ?? undefined;
  return { version, problem: version && isOlder(version) ? tooOld(version) : undefined };
}

/** Whether an error says that the table, or the extension under it, is not there (any more). */
export const isGone = (error: unknown): boolean =>
  ['42P01', '42703', '42704', '42883'].includes(String((error as { code?: unknown }).code));

async function find(on: Session, { id, dims }: Space): Promise<PgvectorTable | undefined> {
  const [name, points] = [tableName(id), pointsName(id)];
  const { rows } = await on.raw(
    `select e.extversion, quote_ident(n.nspname) as schema, to_regclass('${name}')::oid as oid,
     (select atttypmod from pg_attribute where attrelid = to_regclass('${points}') and attname = 'vec') as dims
     from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector'`,
  );
  const [found] = rows;
  if (!found) return undefined;
  if (isOlder(found.extversion)) {
    throw new SimilarError('PGVECTOR_UNAVAILABLE', tooOld(found.extversion));
  }
  return found.oid && found.dims === dims ? { name, points, oid: found.oid, schema: found.schema } : undefined;
}

async function make(trx: Session, space: Space, config: SimilarConfig['index']): Promise<PgvectorTable> {
  const [name, points] = [tableName(space.id), pointsName(space.id)];
  // One lock for all spaces, since all need the extension. Nodes that start together find it made.
  await trx.raw(lockOf('similar_index'));
  await trx.raw('create extension if not exists vector');
  const there = await find(trx, space);
  if (there) return there;
  // One of another length is of no use.
  await dropTable(trx, space.id);
  const { rows } = await trx.raw(
    `select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector'`,
  );
  const [{ schema }] = rows;
  const links = config.connectivity;
  const considered = Math.min(1_000, Math.max(config.expansionAdd, 2 * links));
  // Logged: after a crash of the server, PostgreSQL empties a table that is not, and no node would notice.
  await trx.raw(
    `create table ${name} (file_id bigint primary key, seq bigint not null, point uuid);
     create index on ${name} (point);
     create table ${points} (id uuid primary key, vec ${schema}.halfvec(${space.dims}) not null);
     create index on ${points} using hnsw (vec ${schema}.halfvec_cosine_ops) with (m = ${links}, ef_construction = ${considered});
     comment on table ${name} is '${`Vector index of ${space.id}`.replaceAll("'", "''")}'`,
  );
  return (await find(trx, space)) as PgvectorTable;
}

const tooOld = (version: string) =>
  `The extension “vector” in Strapi’s database is version ${version}; ${LEAST_VERSION.join('.')} or later is needed`;

function isOlder(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1]);
}

/** What a server says that has no such extension, or refuses to install it or to make a table. */
const REFUSALS: Record<string, string> = {
  '0A000': NOT_INSTALLED,
  '58P01': NOT_INSTALLED,
  '42501': 'The user that Strapi connects as may not create the extension “vector”, or tables',
  '25006': 'The database is read-only',
};

function translate(error: unknown): never {
  const { code, message = '' } = error as { code?: string; message?: string };
  const meaning = REFUSALS[code ?? ''];
  if (!meaning) throw error;
  // knex puts the whole statement before what the server says.
  const said = message.split(' - ').at(-1);
  throw new SimilarError('PGVECTOR_UNAVAILABLE', `${meaning}: ${said}`, {}, { cause: error });
}
