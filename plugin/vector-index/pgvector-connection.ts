import type { Knex } from 'knex';
import { SimilarError } from '../errors';
import type { Logger } from '../ports';
import { createOutage } from './outage';

export interface PgvectorConnection {
  /**
   * Does something in the database. While its server is known to be away, it fails at once.
   * @throws SimilarError `INDEX_UNAVAILABLE`
   */
  call<T>(work: () => Promise<T>): Promise<T>;
  /** Why the server cannot be reached, while it cannot. */
  readonly problem: SimilarError | undefined;
  close(): void;
}

/** Of the server that ends or starts, and of sockets. */
const AWAY = /^(08...|57P0[123]|ECONN\w+|EPIPE|ETIMEDOUT|E(HOST|NET)UNREACH|ENOTFOUND|EAI_AGAIN)$/;

export function createPgvectorConnection(knex: Knex, logger: Logger): PgvectorConnection {
  const outage = createOutage({
    name: 'The database server of the vector index',
    logger,
    answers: () =>
      knex.raw('select 1').then(
        () => true,
        () => false,
      ),
  });
  return {
    async call(work) {
      if (outage.problem) throw outage.problem;
      try {
        return await work();
      } catch (error) {
        if (!isAway(error)) throw error;
        const { message } = error as Error;
        const text = 'The database server of the vector index does not answer';
        const problem = new SimilarError('INDEX_UNAVAILABLE', text, { isTold: true }, { cause: error });
        outage.began(problem, `does not answer (${message.split('\n')[0].slice(0, 300)})`);
        throw problem;
      }
    },
    get problem() {
      return outage.problem;
    },
    close: () => outage.close(),
  };
}

function isAway(error: unknown): boolean {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  return AWAY.test(String(code)) || /Connection terminated|Connection ended/i.test(message);
}
