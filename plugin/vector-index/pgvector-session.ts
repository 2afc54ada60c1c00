import type { Knex } from 'knex';

/** What sends statements; knex is one, too, without a limit of time. */
export interface Session {
  // biome-ignore lint/suspicious/noExplicitAny: what the driver answers depends on the statement.
  raw(sql: string, bindings?: readonly Knex.RawBinding[]): PromiseLike<any>;
  transaction<T>(work: (trx: Session) => Promise<T>): Promise<T>;
}

/** The server has said nothing for as long as it may take. */
export class NoAnswer extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`);
  }
}

/**
 * Does something on one connection of the pool. A server that hangs answers neither statements nor new connections, nor the request to cancel
 * a statement: the limit is kept here, and what still waits then loses its connection, which no one else is to get.
 * @throws NoAnswer
 */
export function onConnection<T>(knex: Knex, ms: number, work: (on: Session) => Promise<T>): Promise<T> {
  let isLate = false;
  let socket: RawConnection | undefined;

  async function run(): Promise<T> {
    const connection: RawConnection = await knex.client.acquireConnection();
    try {
      if (isLate) throw new NoAnswer(ms);
      socket = connection;
      return await work({
        raw: (sql, bindings = []) => knex.raw(sql, bindings).connection(connection),
        transaction: (inside) => knex.transaction((trx) => inside(trx), { connection }),
      });
    } finally {
      socket = undefined;
      await knex.client.releaseConnection(connection);
    }
  }

  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      isLate = true;
      reject(new NoAnswer(ms));
      // It closes the socket, as a statement is under way.
      void socket?.end().catch(() => {});
    }, ms);
    run()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Of the driver `pg`. */
interface RawConnection {
  end(): Promise<void>;
}
