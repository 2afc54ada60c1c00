import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import { freePort } from './free-port';
import { connect, type StrapiClient } from './strapi-client';
import { APP_DIR, createFolder, playgroundEnv, type SpawnOptions } from './strapi-folder';

const STRAPI_BIN = path.join(path.dirname(require.resolve('@strapi/strapi/package.json')), 'bin/strapi.js');
/** What `strapi start` does, with a compiled project that lies elsewhere. */
const START_COMPILED = `require('@strapi/strapi').createStrapi({ appDir: process.cwd(), distDir: process.argv[1] }).start()`;
const BOOT_TIMEOUT_MS = 150_000;

export interface PlaygroundProcess {
  readonly pid: number;
  readonly folder: string;
  readonly client: StrapiClient;
  /** Everything the process has printed, over all its starts. */
  output(): string;
  /** Ends the process, and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, database and uploads. @param config the plugin's, when it shall be another one. */
  restart(config?: SimilarConfigInput): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function waitUntilHealthy(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + BOOT_TIMEOUT_MS;
  while (Date.now() < deadline && !hasEnded(child)) {
    const healthy = await fetch(`${url}/_health`)
      .then((response) => response.ok)
      .catch(() => false);
    if (healthy) return;
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`The playground did not start:\n${output().slice(-4000)}`);
}

/** Runs the playground shop as `strapi start` does, in a process of its own: for tests that kill it. */
export async function spawnPlayground(options: SpawnOptions = {}): Promise<PlaygroundProcess> {
  const folder = options.folder ?? createFolder();
  let env = { ...process.env, ...playgroundEnv(folder, options) };
  // One for all starts, as pages that are open know no other.
  const port = await freePort();
  let printed = '';
  let child: ChildProcess;
  let client: StrapiClient;

  async function start(): Promise<void> {
    child = spawn(process.execPath, options.dist ? ['-e', START_COMPILED, options.dist] : [STRAPI_BIN, 'start'], {
      cwd: options.appDir ?? APP_DIR,
      env: { ...env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk;
      });
    }
    const url = `http://127.0.0.1:${port}`;
    await waitUntilHealthy(url, child, () => printed);
    client = await connect(url);
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async function restart(config?: SimilarConfigInput): Promise<void> {
    // The secrets stay: signed-in administrators stay signed in.
    const { SIMILAR_CONFIG } = playgroundEnv(folder, { config });
    if (config) env = { ...env, SIMILAR_CONFIG };
    await start();
  }

  async function stop(): Promise<void> {
    await kill('SIGTERM');
    if (options.dist) rmSync(options.dist, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    get pid() {
      return child.pid!;
    },
    get client() {
      return client;
    },
    folder,
    output: () => printed,
    kill,
    restart,
    stop,
  };
}
