import type { Knex } from 'knex';
import { SimilarError } from '../errors';
import type { Logger } from '../ports';
import { createOutage } from './outage';
import { NoAnswer, onConnection, type Session } from './pgvector-session';

export interface PgvectorConnection {
  /**
   * Does something in the database, in so much time. While its server is known to be away, it fails at once.
   * @throws SimilarError `INDEX_UNAVAILABLE`
   */
  call<T>(work: (on: Session) => Promise<T>, timeoutMs?: number): Promise<T>;
  /** Why the server cannot be reached, while it cannot. */
  readonly problem: SimilarError | undefined;
  close(): void;
}

/** Of the server that ends or starts, and of sockets. */
const AWAY = /^(08...|57P0[123]|ECONN\w+|EPIPE|ETIMEDOUT|E(HOST|NET)UNREACH|ENOTFOUND|EAI_AGAIN)$/;
const QUERY_CANCELED = '57014';
const PROBE_MS = 2_000;

/** @param timeoutMs what a search may take. */
export function createPgvectorConnection(knex: Knex, logger: Logger, timeoutMs: number): PgvectorConnection {
  let looking: Promise<boolean> | undefined;
  const outage = createOutage({ name: 'The database server of the vector index', logger, answers });

  /** One look at a time: each takes a connection of the CMS's. */
  function answers(): Promise<boolean> {
    looking ??= onConnection(knex, PROBE_MS, async (on) => void (await on.raw('select 1')))
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  /** Whether it is away, or was only slow. */
  const isAway = async (error: unknown): Promise<boolean> => (isSlow(error) ? !(await answers()) : isOfAway(error));

  return {
    async call(work, limit = timeoutMs) {
      if (outage.problem) throw outage.problem;
      try {
        return await onConnection(knex, limit, work);
      } catch (error) {
        const { message } = error as Error;
        const text = 'The database server of the vector index does not answer';
        if (await isAway(error)) {
          const problem = new SimilarError('INDEX_UNAVAILABLE', text, { isTold: true }, { cause: error });
          outage.began(problem, `does not answer (${message.split('\n')[0].slice(0, 300)})`);
          throw problem;
        }
        if (!isSlow(error)) throw error;
        throw new SimilarError('INDEX_UNAVAILABLE', `${text} in time: ${message}`, {}, { cause: error });
      }
    },
    get problem() {
      return outage.problem;
    },
    close: () => outage.close(),
  };
}

/** It did not answer in time, gave the statement up, or the pool could not connect. */
function isSlow(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: unknown };
  return error instanceof NoAnswer || code === QUERY_CANCELED || name === 'KnexTimeoutError';
}

function isOfAway(error: unknown): boolean {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  return AWAY.test(String(code)) || /Connection terminated|Connection ended/i.test(message);
}
