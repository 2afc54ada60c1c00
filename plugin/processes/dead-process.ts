import { hostname } from 'node:os';

/** Whether it is known that a process has ended: of one on another host nothing is known. */
export function isDead({ host, pid }: { host: string; pid: number }): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
