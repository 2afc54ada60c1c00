import { readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoopDelay } from './loop-delay';

export interface ProbedLoop {
  /** For the process that is looked into; `nodeOptions` are more flags of it. */
  env(nodeOptions?: string): Record<string, string>;
  /** The delays of this process since the last call. */
  read(pid: number): Promise<LoopDelay & { samples: number }>;
  remove(): void;
}

/** Event-loop delay inside another process, by loop-probe.cjs. */
export function probeLoop(): ProbedLoop {
  const file = path.join(os.tmpdir(), `loop-probe-${process.pid}.json`);
  const remove = () => rmSync(file, { force: true });
  return {
    env: (nodeOptions = '') => ({
      NODE_OPTIONS: `${nodeOptions} --require ${path.join(__dirname, 'loop-probe.cjs')}`,
      LOOP_PROBE: file,
    }),
    async read(pid) {
      remove();
      process.kill(pid, 'SIGUSR2');
      for (;;) {
        await sleep(20);
        try {
          return JSON.parse(readFileSync(file, 'utf8'));
        } catch {
          // Not written yet.
        }
      }
    },
    remove,
  };
}
