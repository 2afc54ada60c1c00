import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

export interface EmbedderService {
  url: string;
  process: ChildProcess;
  /** What it has written so far. */
  log(): string;
  /** By SIGKILL, which also ends a process that is stopped. */
  kill(): Promise<void>;
  /** By SIGTERM. */
  end(): Promise<void>;
}

/** `strapi-plugin-similar embedder` in a process of its own. @param args beside `--listen`. */
export async function startEmbedderService(
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  listen = '127.0.0.1:0',
): Promise<EmbedderService> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(ROOT, 'cli/main.ts'), 'embedder', '--listen', listen, ...args],
    { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'exit');
  let log = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      log += chunk;
      const found = /Listening on (\S+)/.exec(log);
      if (found) resolve(found[1]);
    });
    ended.then(() => reject(new Error(`the service ended: ${log}`)));
  });
  return {
    url,
    process: child,
    log: () => log,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
