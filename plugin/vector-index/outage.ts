import type { SimilarError } from '../errors';
import { growingDelay } from '../growing-delay';
import type { Logger } from '../ports';

export interface Outage {
  /** Why the server cannot be used, while it cannot. */
  readonly problem: SimilarError | undefined;
  /** @param problem is thrown to whoever wants something of the server. @param what it does, for the log. */
  began(problem: SimilarError, what: string): void;
  ended(): void;
  close(): void;
}

interface OutageOptions {
  /** Of the server, as the log calls it. */
  name: string;
  logger: Logger;
  /** Looks whether it is back. Without it, whoever gets through to the server says so. */
  answers?(): Promise<boolean>;
  onEnded?(): void;
}

const FIRST_PROBE_MS = 250;
const LAST_PROBE_MS = 30_000;

/** A server that may go and come back: one line in the log for each, and growing delays between looks at it. */
export function createOutage({ name, logger, answers, onEnded }: OutageOptions): Outage {
  let problem: SimilarError | undefined;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  function look(times: number): void {
    timer = setTimeout(
      async () => {
        const isBack = await answers?.();
        if (isClosed || !problem) return;
        if (isBack) ended();
        else look(times + 1);
      },
      growingDelay(times, FIRST_PROBE_MS, LAST_PROBE_MS),
    );
    timer.unref();
  }

  function ended(): void {
    if (!problem) return;
    clearTimeout(timer);
    problem = undefined;
    logger.info(`${name} answers again`);
    onEnded?.();
  }

  return {
    get problem() {
      return problem;
    },
    began(because, what) {
      if (isClosed) return;
      const isNew = !problem;
      problem = because;
      if (!isNew) return;
      logger.warn(
        `${name} ${what}. Until it is back, searches compare the stored vectors; they get 503 where those are more than \`index.fallbackVectors\`. Nothing is lost, and the plugin retries automatically.`,
      );
      if (answers) look(1);
    },
    ended,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
