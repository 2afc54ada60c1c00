import { execFile } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs the real command line in a process of its own. */
export function cli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const command = ['--import', 'tsx', path.join(ROOT, 'cli/main.ts'), ...args];
  const options = { cwd: ROOT, env: { ...process.env, ...env }, timeout: 120_000 };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, options, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}
