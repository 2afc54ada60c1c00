import type { Knex } from 'knex';

export interface Watch {
  readonly statements: Array<{ sql: string; bindings: Knex.Value[] }>;
  /** Rows that one statement has read or written at the most. */
  most(): number;
  /** Whether the event loop has turned between any two of the statements, or of those that are `like` some. */
  gaveWay(like?: (statement: { sql: string }) => boolean): boolean;
  restart(): void;
  stop(): void;
}

/** The statements that are sent from now on. Transactions send theirs as well. */
export function watchStatements(knex: Knex): Watch {
  const statements: Watch['statements'] = [];
  let turns: number[] = [];
  let most = 0;
  let turn = 0;
  let timer: NodeJS.Immediate;
  const next = () => {
    turn++;
    timer = setImmediate(next);
  };
  const note = ({ sql, bindings }: { sql: string; bindings: Knex.Value[] }) => {
    statements.push({ sql, bindings });
    turns.push(turn);
  };
  const answered = (response: unknown) => {
    const rows = Array.isArray(response) ? response.length : response;
    if (typeof rows === 'number') most = Math.max(most, rows);
  };
  next();
  knex.on('query', note);
  knex.on('query-response', answered);
  return {
    statements,
    most: () => most,
    gaveWay(like = () => true) {
      const of = turns.filter((_, at) => like(statements[at]));
      return of.every((turn, at) => at === 0 || turn > of[at - 1]);
    },
    restart() {
      statements.length = 0;
      turns = [];
      most = 0;
    },
    stop() {
      clearImmediate(timer);
      knex.removeListener('query', note);
      knex.removeListener('query-response', answered);
    },
  };
}

/** The statements that are sent meanwhile; those that begin or end a transaction have no bindings. */
export async function statementsDuring(
  knex: Knex,
  work: () => Promise<unknown>,
): Promise<Array<{ sql: string; bindings?: Knex.Value[] }>> {
  const watch = watchStatements(knex);
  try {
    await work();
  } finally {
    watch.stop();
  }
  return watch.statements;
}

/** It sorts a page of rows rather than follow an index. */
const FEW = 10_000;

/** What is not answered by an index alone, in the words of the database: tables that are walked, rows that are sorted. */
export async function walks(knex: Knex, { sql, bindings }: { sql: string; bindings: Knex.Value[] }): Promise<string[]> {
  const { client } = knex.client.config;
  const connection = await knex.client.acquireConnection();
  try {
    if (client === 'pg') {
      // In small tables it would rather walk.
      for (const plan of ['seqscan', 'bitmapscan', 'sort']) await connection.query(`set enable_${plan} = off`);
      const { rows } = await connection.query(`explain ${sql}`, bindings);
      const steps: string[] = rows.map((row: Record<string, string>) => row['QUERY PLAN']);
      return steps.filter((step) => /Seq Scan on similar_|Sort/.test(step));
    }
    if (client === 'mysql2') {
      const [rows] = await connection.promise().query(`explain ${sql}`, bindings);
      return rows
        .filter(({ table }: { table?: string }) => table?.startsWith('similar_'))
        .filter(({ type, Extra, rows }: { type: string; Extra: string; rows: number }) => {
          return /^(ALL|index)$/.test(type) || (/sort/.test(Extra) && Number(rows) > FEW);
        })
        .map((row: object) => JSON.stringify(row));
    }
    const steps: Array<{ detail: string }> = connection.prepare(`explain query plan ${sql}`).all(bindings);
    return steps.map(({ detail }) => detail).filter((detail) => /SCAN similar_|TEMP B-TREE/.test(detail));
  } finally {
    await knex.client.releaseConnection(connection);
  }
}
