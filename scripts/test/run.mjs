import { spawn } from 'node:child_process';
import { ROOT } from '../setup/paths.mjs';

/** Runs in a process group of its own, so that nothing it started outlives it. @returns the exit code, or why it was ended. */
export function run(command, args, { env = {}, limit }) {
  return new Promise((resolve) => {
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached,
      env: { ...process.env, ...env },
    });
    const endGroup = (signal) => {
      try {
        process.kill(detached ? -child.pid : child.pid, signal);
      } catch {
        // It has ended already.
      }
    };
    const forward = () => {
      endGroup('SIGKILL');
      process.exit(130);
    };
    process.once('SIGINT', forward).once('SIGTERM', forward);
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      endGroup('SIGKILL');
    }, limit);
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      endGroup('SIGKILL');
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(overdue ? `ended after ${Math.round(limit / 1000)} s` : (code ?? signal));
    });
  });
}
