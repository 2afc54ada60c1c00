import { setTimeout as sleep } from 'node:timers/promises';
import type { SimilarConfig } from '../contracts/config';
import { SimilarError } from '../errors';
import { growingDelay } from '../growing-delay';
import type { IndexStatus, Logger, Space } from '../ports';
import type { ChildEnd } from '../processes/fork';
import { ChildEnded, type IndexChild, startIndexChild } from './child';
import type { RecoveryLevel } from './messages';

export interface SupervisorOptions {
  space: Space;
  stateDir: string;
  config: SimilarConfig['index'];
  logger: Logger;
  onRestart?: (status: IndexStatus) => void;
}

export interface IndexSupervisor {
  /**
   * The first start that succeeds. @throws SimilarError `INDEX_UNAVAILABLE` after several failed ones. It is tried on, and who
   * asks again waits for the next attempt.
   */
  opened(): Promise<void>;
  /** The process, once it is open; undefined when there will be none. */
  ready(): Promise<IndexChild | undefined>;
  /** The process, while it is open. */
  readonly current: IndexChild | undefined;
  status(): Promise<IndexStatus>;
  close(withinMs: number): Promise<void>;
}

const RESTART_FIRST_MS = 50;
const RESTART_LAST_MS = 10_000;
const FAILED_STARTS = 5;
/** A process that was open for so long did not die of how it was started. */
const STABLE_MS = 60_000;
const RECOVERY_LEVELS: RecoveryLevel[] = ['none', 'graph-file', 'files', 'native-code'];

/** Keeps an index process running and open. After each crash the next start leaves out more of what may have caused it. */
export function superviseIndexChild(options: SupervisorOptions): IndexSupervisor {
  const { space, stateDir, config, logger, onRestart } = options;
  const closing = new AbortController();
  let child: IndexChild;
  let last: IndexStatus | undefined;
  let state: IndexStatus['state'] = 'opening';
  let restarts = 0;
  let failures = 0;
  let crashes = 0;
  let gate = createGate();
  let opening = createOpening();

  const complete = (status: IndexStatus): IndexStatus => ({ ...status, state, restarts, pid: child.pid });

  async function start(): Promise<ChildEnd> {
    child = startIndexChild(logger);
    const recoveryLevel = RECOVERY_LEVELS[Math.min(crashes, RECOVERY_LEVELS.length - 1)];
    const since = performance.now();
    let error: Error | undefined;
    try {
      last = await child.call('open', { space, stateDir, config, recoveryLevel });
      failures = 0;
      if (!closing.signal.aborted) {
        state = 'ready';
        gate.open(child);
        opening.resolve();
        if (restarts > 0) tellRestart(complete(last));
      }
    } catch (failure) {
      error = failure as Error;
      failures++;
      child.kill();
    }
    const end = await child.ended;
    // One that died before it ran its own code, for want of memory, says nothing about files or native code.
    if (end.crashed && child.heard) crashes = performance.now() - since > STABLE_MS ? 1 : crashes + 1;
    return error && !(error instanceof ChildEnded) ? { ...end, how: error.message } : end;
  }

  function tellRestart(status: IndexStatus): void {
    Promise.resolve(status)
      .then(onRestart)
      .catch((error) => logger.error(`The work after a restart of the index failed: ${error.message}`));
  }

  async function keep(): Promise<void> {
    for (;;) {
      const { how } = await start();
      if (closing.signal.aborted) return;
      state = 'restarting';
      if (gate.child) gate = createGate();
      restarts++;
      const delay = growingDelay(Math.max(failures, crashes) + 1, RESTART_FIRST_MS, RESTART_LAST_MS);
      if (failures < FAILED_STARTS) {
        logger.warn(`The index process ended (${how}) and will be restarted in ${delay} ms.`);
      } else {
        // Once: it may take hours until there is memory again.
        if (failures === FAILED_STARTS) {
          logger.error(`The index process cannot be started; retrying until it can: ${how}`);
        }
        opening.reject(new SimilarError('INDEX_UNAVAILABLE', `The index process cannot be started (${how}).`));
        opening = createOpening();
      }
      await sleep(delay, undefined, { signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return;
    }
  }

  const kept = keep().catch((error: Error) => {
    logger.error(`The index process is no longer supervised: ${error.message}`);
  });
  return {
    opened: () => opening.done,
    ready: () => gate.opened,
    get current() {
      return gate.child;
    },
    async status() {
      if (state === 'ready') last = await child.call('status', undefined).catch(() => last);
      return complete(last ?? { kind: 'usearch', size: 0, lastSeq: 0, mode: 'exact', state, bytesOnDisk: 0, restarts });
    },
    async close(withinMs) {
      state = 'closed';
      closing.abort();
      gate.open(undefined);
      opening.reject(new SimilarError('INDEX_UNAVAILABLE', 'The vector index is closed.'));
      const timer = setTimeout(() => child.kill(), withinMs);
      // Waits for what was called before; saves; then the end of the connection ends the process.
      await child.call('close', undefined).catch(() => {});
      child.disconnect();
      await kept;
      clearTimeout(timer);
    },
  };
}

/** What `opened` promises, for one series of attempts. */
function createOpening() {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const done = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  done.catch(() => {}); // whoever awaits it hears of it
  return { done, resolve, reject };
}

/** Callers wait at it while no process is open. */
function createGate() {
  let open!: (child: IndexChild | undefined) => void;
  const gate = {
    child: undefined as IndexChild | undefined,
    opened: new Promise<IndexChild | undefined>((resolve) => {
      open = resolve;
    }),
    open(child: IndexChild | undefined) {
      gate.child = child;
      open(child);
    },
  };
  return gate;
}
