import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process in MiB. Linux. */
export function residentMb(pid: number): number {
  const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb ?? 0) / 1024;
}

/** Child processes by the folder of their program: `embedder`, `vector-index`. Linux. */
export function childrenOf(parent: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const [, room] = /plugin\/([\w-]+)\/process[./]/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? [];
      if (ppid === parent && room) found.set(room, Number(pid));
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
