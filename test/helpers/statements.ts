import type { Knex } from 'knex';

export interface Watch {
  readonly statements: Array<{ sql: string; bindings: Knex.Value[] }>;
  /** Whether the event loop has turned between any two of the statements. */
  gaveWay(): boolean;
  restart(): void;
  stop(): void;
}

/** The statements that are sent from now on. Transactions send theirs as well. */
export function watchStatements(knex: Knex): Watch {
  const statements: Watch['statements'] = [];
  let turns: number[] = [];
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
  next();
  knex.on('query', note);
  return {
    statements,
    gaveWay: () => turns.every((at, index) => index === 0 || at > turns[index - 1]),
    restart() {
      statements.length = 0;
      turns = [];
    },
    stop() {
      clearImmediate(timer);
      knex.removeListener('query', note);
    },
  };
}
