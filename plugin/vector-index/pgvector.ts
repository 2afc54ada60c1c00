import type { Knex } from 'knex';
import { createBudget } from '../budget';
import type { SimilarConfig } from '../contracts/config';
import { SimilarError } from '../errors';
import type { FileId, IndexStatus, Logger, Match, Space, VectorIndex } from '../ports';
import { createBacklog } from './backlog';
import { createOutage } from './outage';
import { createPgvectorConnection } from './pgvector-connection';
import type { Session } from './pgvector-session';
import {
  countSql,
  type EncodedVector,
  encodeItem,
  heldSql,
  keysSql,
  oidSql,
  putFilesSql,
  putPointsSql,
  removeSql,
  searchSql,
} from './pgvector-sql';
import { dropTable, findTable, isGone, lockOf, makeTable, type PgvectorTable } from './pgvector-table';
import { LONG_TIMES, newestOf, SHARE_TO_COUNT, SHARE_TO_SCAN } from './shared-index';
import { unavailable } from './unavailable';
import { checkFileIds, checkItems, checkLike, checkQuery } from './validate';

export interface PgvectorIndexOptions {
  /** Of a PostgreSQL database; the caller owns it. */
  knex: Knex;
  config: SimilarConfig['index'];
  logger: Logger;
  /** The table was dropped, or made anew by another node: what is missing has to be put again. */
  onRestart?: (status: IndexStatus) => void;
}

/** Vectors of one statement: what waits for its lock waits no longer than it takes. */
const PUT_SIZE = 200;
const KEYS_SIZE = 10_000;
/** The pool is the CMS's, which needs connections too. */
const SEARCHES_AT_ONCE = 4;

/**
 * Vector index in Strapi's own PostgreSQL, by the extension pgvector. All nodes share it: each puts what it hears of, unless another has
 * done so, and removes what it hears is lost. A node that is late may put back what others have removed. As each hears of a loss after
 * the vector that was lost, it removes that again itself; if it ends in between, the next start of any node does.
 */
export function createPgvectorIndex({ knex, config, logger, onRestart }: PgvectorIndexOptions): VectorIndex {
  let connection = createPgvectorConnection(knex, logger, config.timeoutMs);
  /** The extension or a right is missing: who makes the table, again and again, sees when it is there. */
  const missing = createOutage({ name: 'The vector index in PostgreSQL', logger });
  /** Of what nobody waits for: writes queue up for their lock, and a table is read whole. */
  const longMs = LONG_TIMES * config.timeoutMs;
  let space: Space | undefined;
  let table: PgvectorTable | undefined;
  let closed = false;
  /** There is no table, which is what was asked for: the next write makes one. */
  let cleared = false;
  /** What was counted last, and until when that is good enough. */
  let counted = { size: 0, lastSeq: 0, bytesOnDisk: 0, until: 0 };
  /** Writes take effect in the order of their calls. */
  const writes = createBudget(1);
  const backlog = createBacklog();
  const searches = createBudget(SEARCHES_AT_ONCE);

  function opened(): Space {
    if (!space || closed) throw unavailable(closed ? 'is closed' : 'is not open');
    return space;
  }

  function use(next: PgvectorTable): PgvectorTable {
    table = next;
    cleared = false;
    missing.ended();
    counted.until = 0;
    return next;
  }

  /** The table, which is made again if it has gone. */
  async function tableForWriting(): Promise<PgvectorTable> {
    const wanted = opened();
    try {
      if (table) return table;
      const found = await connection.call((on) => findTable(on, wanted));
      return use(found ?? (await connection.call((on) => makeTable(on, wanted, config), longMs)));
    } catch (error) {
      if (!(error instanceof SimilarError) || error === connection.problem) throw error;
      const { code, message, cause } = error;
      const problem = new SimilarError(code, message, { isTold: true }, { cause });
      missing.began(problem, `cannot be used (${message})`);
      throw problem;
    }
  }

  /** Another node has dropped it, or made it anew: nothing that was put here is known to be there. */
  function lost(): SimilarError {
    if (table) {
      table = undefined;
      onRestart?.(statusOf());
    }
    return unavailable('is being built again, because its table was dropped');
  }

  async function within<T>(of: PgvectorTable, work: (on: Session) => Promise<T>, timeoutMs?: number): Promise<T> {
    try {
      return await connection.call(work, timeoutMs);
    } catch (error) {
      if (isGone(error) && !closed) throw table === of ? lost() : unavailable('is being built again');
      throw error;
    }
  }

  function checkSame(of: PgvectorTable, oid: number): void {
    if (oid !== of.oid) throw table === of ? lost() : unavailable('is being built again');
  }

  const writeTo = (work: (of: PgvectorTable) => Promise<void>): Promise<void> =>
    writes.use(1, async () => work(await tableForWriting()));

  /** Nodes put the same vectors: what is there already is not sent. */
  async function putSome(of: PgvectorTable, items: readonly EncodedVector[]): Promise<void> {
    const put = async (trx: Session) => {
      const [, which, { rows }] = await trx.raw([lockOf(of.name), oidSql(of), heldSql(of, items)].join(';'));
      checkSame(of, which.rows[0].oid);
      const held = new Map((rows as FileRow[]).map((row) => [Number(row.file_id), row]));
      const newer = items.filter(({ fileId, seq }) => Number(held.get(fileId)?.seq ?? -1) < seq);
      if (newer.length === 0) return;
      const vectors = newer.map(({ vector }) => vector);
      await trx.raw(putPointsSql(of, newer), vectors);
      const left = newer.flatMap(({ fileId }) => held.get(fileId)?.point ?? []);
      await trx.raw(putFilesSql(of, newer, left));
    };
    await within(of, (on) => on.transaction(put), longMs);
    counted.size += items.length;
    counted.until = 0;
  }

  async function ask(query: Float32Array | FileId, k: number, among?: readonly FileId[]): Promise<Match[] | undefined> {
    if (cleared) return typeof query === 'number' ? undefined : [];
    if (!table) throw unavailable('is being built');
    const of = table;
    const candidates = Math.max(Math.ceil(k * config.overfetch), config.expansionSearch);
    const isFew = candidates > counted.size * SHARE_TO_SCAN;
    const graph = among || isFew ? undefined : { candidates, expansion: 2 * candidates };
    const sql = searchSql(of, { query, k, among, graph, timeoutMs: config.timeoutMs });
    const results = await backlog(() => searches.use(1, () => within(of, async (on) => on.raw(sql))));
    const [which, { rows }] = results.slice(-2);
    checkSame(of, which.rows[0].oid);
    if (which.rows[0].held === false) return undefined;
    return (rows as MatchRow[]).map(({ file_id, similarity }) => ({ fileId: Number(file_id), similarity }));
  }

  function statusOf(): IndexStatus {
    const { size, lastSeq, bytesOnDisk } = counted;
    const known = table ? { size, lastSeq, bytesOnDisk } : { size: 0, lastSeq: 0, bytesOnDisk: 0 };
    const problem = connection.problem ?? missing.problem;
    const state = closed ? 'closed' : (table || cleared) && !problem ? 'ready' : 'opening';
    const trouble = problem && { problem: problem.message, code: problem.code };
    return { kind: 'pgvector', ...known, mode: 'graph', state, ...trouble, restarts: 0 };
  }

  async function count(of: PgvectorTable, timeoutMs?: number): Promise<void> {
    const started = performance.now();
    const { rows } = await within(of, async (on) => on.raw(countSql(of)), timeoutMs);
    const [{ oid, size, last_seq, bytes }] = rows;
    checkSame(of, oid);
    const until = performance.now() + (performance.now() - started) / SHARE_TO_COUNT;
    // An empty table has a page or two.
    const bytesOnDisk = Number(size) === 0 ? 0 : Number(bytes);
    counted = { size: Number(size), lastSeq: Number(last_seq ?? 0), bytesOnDisk, until };
  }

  return {
    async open(next) {
      if (space?.id !== next.id) table = undefined;
      space = next;
      if (closed) connection = createPgvectorConnection(knex, logger, config.timeoutMs);
      closed = false;
      await count(await tableForWriting(), longMs);
      return statusOf();
    },
    async put(items) {
      checkItems(items, opened().dims);
      // Copied before the first await: the caller may use its memory again.
      const encoded = newestOf(items).map(encodeItem);
      if (encoded.length === 0) return;
      await writeTo(async (of) => {
        for (let i = 0; i < encoded.length; i += PUT_SIZE) await putSome(of, encoded.slice(i, i + PUT_SIZE));
      });
    },
    async remove(fileIds) {
      checkFileIds(fileIds);
      opened();
      if (fileIds.length === 0) return;
      await writeTo(async (of) => {
        await within(of, async (on) => on.raw(`${lockOf(of.name)}; ${removeSql(of, fileIds)}`), longMs);
        counted.until = 0;
      });
    },
    async search(vector, k, { among } = {}) {
      const unit = checkQuery(vector, k, opened().dims);
      if (among) checkFileIds(among);
      return (await ask(unit, k, among)) as Match[];
    },
    async searchLike(fileId, k, { among } = {}) {
      opened();
      checkLike(fileId, k);
      if (among) checkFileIds(among);
      return ask(fileId, k, among);
    },
    async keys() {
      const of = await tableForWriting();
      const keys: Array<{ fileId: FileId; seq: number }> = [];
      for (let after = -1; ; after = keys[keys.length - 1].fileId) {
        const { rows } = await within(of, async (on) => on.raw(keysSql(of, after, KEYS_SIZE)), longMs);
        for (const row of rows) keys.push({ fileId: Number(row.file_id), seq: Number(row.seq) });
        if (rows.length < KEYS_SIZE) return keys;
      }
    },
    async clear() {
      const { id } = opened();
      await writes.use(1, async () => {
        await connection.call((on) => dropTable(on, id), longMs);
        table = undefined;
        cleared = true;
      });
    },
    // Each put is a transaction.
    async save() {
      opened();
    },
    async status() {
      const of = table;
      if (!of || closed || performance.now() < counted.until) return statusOf();
      try {
        await count(of);
      } catch (error) {
        if (!(error instanceof SimilarError)) throw error;
      }
      return statusOf();
    },
    async close() {
      closed = true;
      await writes.use(1, async () => {});
      connection.close();
      table = undefined;
    },
  };
}

interface FileRow {
  file_id: string;
  seq: string;
  point: string;
}

interface MatchRow {
  file_id: string;
  similarity: number;
}
