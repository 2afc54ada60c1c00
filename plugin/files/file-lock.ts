import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDead } from '../processes/dead-process';
import { makeFolder } from './make-folder';

export interface LockOptions {
  /** A lock that its owner has not refreshed for so long may be taken over. */
  staleMs?: number;
  pollMs?: number;
  /** Ends the wait, and is passed on to the work. */
  signal?: AbortSignal;
  /** Called once when another process holds the lock. */
  onWait?: (owner: string) => void;
}

interface Owner {
  token: string;
  host: string;
  pid: number;
}

/**
 * Runs `work` while no other process that uses the same lock file does. A lock whose process died is taken over.
 * @param work gets a signal that fires when the lock was lost, or the caller's signal fires.
 */
export async function withLock<T>(
  file: string,
  work: (signal: AbortSignal) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { staleMs = 60_000, pollMs = 500, signal, onWait } = options;
  const token = randomUUID();
  await makeFolder(path.dirname(file));
  await acquire(file, token, { staleMs, pollMs, signal, onWait });

  const lost = new AbortController();
  const heartbeat = setInterval(async () => {
    const holder = await readOwner(file);
    if (holder?.token === token) await utimes(file, new Date(), new Date()).catch(() => undefined);
    else lost.abort(new Error(`Another process took over ${file}.`));
  }, staleMs / 6);
  try {
    return await work(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } finally {
    clearInterval(heartbeat);
    if ((await readOwner(file))?.token === token) await rm(file, { force: true });
  }
}

async function acquire(file: string, token: string, options: LockOptions & { staleMs: number; pollMs: number }) {
  // Ages are measured by this process' clock, from when the lock was first seen unchanged: file times may be another machine's.
  let seen = { state: '', since: 0 };
  for (let waited = false; ; waited = true) {
    options.signal?.throwIfAborted();
    const owner: Owner = { token, host: hostname(), pid: process.pid };
    const created = await writeFile(file, JSON.stringify(owner), { flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (created) return;

    const holder = await readOwner(file);
    const state = `${holder?.token} ${await modified(file)}`;
    if (state !== seen.state) seen = { state, since: performance.now() };
    if ((holder && isDead(holder)) || performance.now() - seen.since > options.staleMs) {
      await breakLock(file, holder?.token);
      continue;
    }
    if (!waited) options.onWait?.(holder ? `process ${holder.pid} on ${holder.host}` : 'another process');
    await sleep(options.pollMs, undefined, { signal: options.signal });
  }
}

/** Two waiters may find the same lock stale: the later one must not remove the lock that the earlier one has just made. */
async function breakLock(file: string, staleToken: string | undefined): Promise<void> {
  const moved = `${file}.${randomUUID()}`;
  const renamed = await rename(file, moved).then(
    () => true,
    () => false,
  );
  if (!renamed) return;
  if ((await readOwner(moved))?.token !== staleToken) await link(moved, file).catch(() => undefined);
  await rm(moved, { force: true });
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function modified(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}
