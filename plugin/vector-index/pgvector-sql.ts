import { createHash } from 'node:crypto';
import type { FileId, StoredVector } from '../ports';
import { MARK, type PgvectorTable } from './pgvector-table';

/**
 * A search as one message: PostgreSQL runs its statements as one transaction, to which the settings are limited. Such a message takes no
 * bindings, so it holds numbers only, which the caller has checked.
 */
export interface Search {
  /** At unit length, or the file whose vector it is. */
  query: Float32Array | FileId;
  k: number;
  among?: readonly FileId[];
  /** After so long, the server gives it up: whoever asked has gone. */
  timeoutMs: number;
  /** What the graph is asked for; undefined: all vectors are compared. */
  graph?: { candidates: number; expansion: number };
}

/** The graph's limit for `hnsw.ef_search`. */
const MOST_EXPANSION = 1_000;
/** How many the graph may look at to find as many as were asked for, at least. */
const LEAST_SCANNED = 20_000;

/** Which table it is, whether the file that is asked about has a vector, and the matches, best first. */
export function searchSql(table: PgvectorTable, { query, k, among, timeoutMs, graph }: Search): string {
  const { name, points, schema } = table;
  const isLike = typeof query === 'number';
  const wanted = isLike
    ? `(select vec from ${points} join ${name} on id = point where file_id = ${query})`
    : `'${textOf(query)}'`;
  const distance = (type: string) => `vec::${schema}.${type} operator(${schema}.<=>) ${wanted}::${schema}.${type}`;
  // Candidates come by the distance of halves; what is shown is computed with the whole query.
  const near = `(select id, vec from ${points} order by ${distance('halfvec')} limit ${graph?.candidates}) as near`;
  const where = among ? ` where file_id = any(${idsSql(among)})` : '';
  return [
    `set local statement_timeout = ${timeoutMs}`,
    ...(graph ? graphSettings(graph) : []),
    `${oidSql(table)}${isLike ? `, exists (select from ${name} where file_id = ${query}) as held` : ''}`,
    `select file_id, 1 - (${distance('vector')}) as similarity from ${graph ? near : points} join ${name} on point = id${where}
     order by similarity desc, file_id limit ${k}`,
  ].join(';\n');
}

/** The table of this name: another one, when it was made anew. */
export const oidSql = ({ name }: PgvectorTable): string => `select '${name}'::regclass::oid as oid`;

const idsSql = (fileIds: readonly FileId[]) => `'{${fileIds.join()}}'::bigint[]`;

function graphSettings({ candidates, expansion }: NonNullable<Search['graph']>): string[] {
  const settings = {
    'hnsw.ef_search': Math.min(MOST_EXPANSION, expansion),
    // Rows that are deleted but not yet vacuumed take places of those that are wanted: it goes on until there are enough.
    'hnsw.iterative_scan': 'relaxed_order',
    'hnsw.max_scan_tuples': Math.max(LEAST_SCANNED, 4 * candidates),
    // PostgreSQL does not see what reading long vectors costs, and would compare all of them.
    enable_seqscan: 'off',
    jit: 'off',
  };
  return Object.entries(settings).map(([name, value]) => `set local ${name} = ${value}`);
}

/** Nine digits are enough to read the same float32. */
const textOf = (vector: Float32Array) => `[${Array.from(vector, (value) => value.toPrecision(9)).join()}]`;

/**
 * What a `halfvec` is in PostgreSQL's binary format: its length, two unused bytes, the numbers, all big-endian. The driver sends buffers
 * in that format; as text, it takes five times as long, and is four times as much.
 */
function encodeHalfvec({ length, buffer, byteOffset, byteLength }: Uint16Array): Buffer {
  const bytes = Buffer.alloc(4 + byteLength);
  bytes.writeUInt16BE(length, 0);
  Buffer.from(buffer, byteOffset, byteLength).copy(bytes, 4);
  bytes.subarray(4).swap16();
  return bytes;
}

export interface EncodedVector extends Omit<StoredVector, 'vector'> {
  /** As PostgreSQL takes it. */
  vector: Buffer;
  /** Uuid that stands for it. */
  point: string;
}

export function encodeItem({ fileId, seq, vector }: StoredVector): EncodedVector {
  const bytes = encodeHalfvec(vector);
  // 128 bits are as many as a uuid has.
  return { fileId, seq, vector: bytes, point: createHash('sha256').update(bytes).digest('hex').slice(0, 32) };
}

/** Of those files that are there. */
export const heldSql = ({ name }: PgvectorTable, items: readonly EncodedVector[]): string =>
  `select file_id, seq, point from ${name} where file_id = any(${idsSql(items.map(({ fileId }) => fileId))})`;

export function putPointsSql({ points, schema }: PgvectorTable, items: readonly EncodedVector[]): string {
  const rows = items.map(({ point }) => `('${point}', ?::${schema}.halfvec)`);
  return `insert into ${points} (id, vec) values ${rows.join()} on conflict do nothing`;
}

/** Adds or replaces files, keeps the largest seq in the row of the mark, and removes points that no file has any more. */
export function putFilesSql(table: PgvectorTable, items: readonly EncodedVector[], left: readonly string[]): string {
  const { name, points } = table;
  const lastSeq = items.reduce((last, { seq }) => Math.max(last, seq), 0);
  const rows = items.map(({ fileId, seq, point }) => `(${fileId}, ${seq}, '${point}'::uuid)`);
  return `insert into ${name} as held (file_id, seq, point) values (${MARK}, ${lastSeq}, null), ${rows.join()}
    on conflict (file_id) do update set seq = excluded.seq, point = excluded.point where held.seq < excluded.seq;
    delete from ${points} where id = any('{${left.join()}}'::uuid[]) and not exists (select from ${name} where point = id)`;
}

/** A statement does not see what it deletes itself. */
export const removeSql = ({ name, points }: PgvectorTable, fileIds: readonly FileId[]): string =>
  `with gone as (delete from ${name} where file_id = any(${idsSql(fileIds)}) returning point)
   delete from ${points} where id in (select point from gone)
   and not exists (select from ${name} where point = id and file_id <> all(${idsSql(fileIds)}))`;

export const keysSql = ({ name }: PgvectorTable, after: FileId, limit: number): string =>
  `select file_id, seq from ${name} where file_id > ${after} order by file_id limit ${limit}`;

export const countSql = (table: PgvectorTable): string =>
  `${oidSql(table)}, count(*) filter (where file_id >= 0) as size, max(seq) as last_seq,
   pg_total_relation_size('${table.name}') + pg_total_relation_size('${table.points}') as bytes from ${table.name}`;
