import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../files/file-lock';

export interface WriterLock {
  /** Why this process may not write at the moment; undefined while it may. */
  readonly problem: string | undefined;
  /** Resolves when it may write for the first time, or cannot for another reason than a process that does; or after `ms`. */
  settled(ms: number): Promise<void>;
  release(): Promise<void>;
}

const RETRY_MS = 10_000;

/**
 * Only one process writes an index on disk. The lock is waited for in the background: the process before may still be
 * saving, or another one may share the folder for good.
 * @param onHeld called each time this process may write from now on.
 */
export function holdWriterLock(file: string, onHeld: () => void): WriterLock {
  const ending = new AbortController();
  let problem: string | undefined = 'The lock is being acquired.';
  let settle: () => void;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  async function hold(signal: AbortSignal): Promise<void> {
    problem = undefined;
    settle();
    onHeld();
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
    problem = 'Another process has taken over the index on disk.';
  }

  async function keep(): Promise<void> {
    const { signal } = ending;
    const onWait = (owner: string) => {
      problem = `The index on disk is in use by ${owner}.`;
    };
    while (!signal.aborted) {
      try {
        await withLock(file, hold, { signal, pollMs: 100, onWait });
      } catch (error) {
        if (signal.aborted) return;
        problem = `The index cannot be saved: ${(error as Error).message}.`;
        settle();
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  const kept = keep();
  return {
    get problem() {
      return problem;
    },
    async settled(ms) {
      const timer = new AbortController();
      await Promise.race([settled, sleep(ms, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    },
    async release() {
      ending.abort();
      await kept;
    },
  };
}
