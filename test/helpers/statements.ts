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
