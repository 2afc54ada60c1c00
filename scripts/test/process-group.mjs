import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { ROOT } from '../setup/paths.mjs';

const detached = process.platform !== 'win32';
const live = new Set();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const group of live) group.kill();
    process.exit(130);
  });
}

/** Starts a program in a process group of its own, so that nothing it started has to outlive it. */
export function startGroup(command, args, { env = {}, stdio }) {
  const child = spawn(command, args, { cwd: ROOT, stdio, detached, env: { ...process.env, ...env } });
  const group = {
    child,
    /** Resolves with the exit code or the signal, or with why it could not be started. */
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(code ?? signal));
    }),
    kill(signal = 'SIGKILL') {
      try {
        process.kill(detached ? -child.pid : child.pid, signal);
      } catch {
        // It has ended already.
      }
    },
    /** Command lines of the other processes in it; none where the system does not say. */
    others: () => processes().filter(({ pid, pgid }) => pgid === child.pid && pid !== child.pid),
    /** For the caller to say once it wants nothing more of it. */
    forget: () => live.delete(group),
  };
  live.add(group);
  return group;
}

/** All of this system that run, by Linux' own list. */
function processes() {
  const found = [];
  let pids = [];
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    // Not Linux.
  }
  for (const pid of pids) {
    try {
      // Behind the name, which may hold anything: state, parent, group.
      const [state, , pgid] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
      if (state !== 'Z') found.push({ pid: Number(pid), pgid: Number(pgid), command });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
