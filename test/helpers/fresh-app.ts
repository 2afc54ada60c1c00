import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port';
import { page } from './markdown';
import { until } from './until';

const ROOT = path.resolve(__dirname, '../..');
const SQLITE = path.join(ROOT, 'node_modules/better-sqlite3');

export interface FreshAppOptions {
  strapi: string;
  language: 'typescript' | 'javascript';
  manager: 'npm' | 'pnpm';
}

export interface FreshApp {
  dir: string;
  /** Runs a program in it, and fails with what it printed. @returns standard output. */
  run(command: string, args: string[], env?: Record<string, string>): Promise<string>;
  /** `npm start`, until it is healthy. */
  start(): Promise<StartedApp>;
  remove(): void;
}

export interface StartedApp {
  url: string;
  /** Seconds from the command to the first healthy answer. */
  bootSeconds: number;
  /** MiB that the process and those that it started hold. */
  memoryMb(): { cms: number; children: number };
  output(): string;
  stop(): Promise<void>;
}

/** The tarball that npm would publish. */
export async function packPlugin(): Promise<string> {
  const target = mkdtempSync(path.join(os.tmpdir(), 'similar-pack-'));
  const { stdout } = await promisify(execFile)('npm', ['pack', '--silent', '--pack-destination', target], {
    cwd: ROOT,
  });
  return path.join(target, stdout.trim());
}

/** What README shows below a heading, by the language of the block. */
export function readmeBlock(heading: string, language: string): string {
  const below = page('README.md').split(new RegExp(`^## ${heading}$`, 'm'))[1] ?? '';
  const block = below.split(/^## /m)[0].match(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm'));
  if (!block) throw new Error(`README has no ${language} block below "${heading}"`);
  return block[1];
}

/** A project as `create-strapi` makes it, with its packages; the plugin is not in it. */
export async function createFreshApp({
  strapi,

  language,
  manager,
}: FreshAppOptions): Promise<FreshApp> {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'similar-app-'));
  const dir = path.join(parent, 'app');

  async function run(command: string, args: string[], env: Record<string, string> = {}, cwd = dir): Promise<string> {
    try {
      const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20 };
      return (await promisify(execFile)(command, args, options)).stdout;
    } catch (error) {
      const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
      throw new Error(`${message.split('\n')[0]}\n${`${stdout}\n${stderr}`.slice(-6_000)}`);
    }
  }

  const flags = ['--non-interactive', '--skip-cloud', '--no-run', '--no-install', '--no-git-init', '--no-example'];
  const choices = [`--${language}`, `--use-${manager}`, '--dbclient', 'sqlite', '--dbfile', '.tmp/data.db'];
  await run('npx', ['-y', `create-strapi@${strapi}`, 'app', ...flags, ...choices], {}, parent);
  // The release that this project has compiled: compiling it anew takes minutes.
  const { version } = JSON.parse(readFileSync(path.join(SQLITE, 'package.json'), 'utf8'));
  const file = path.join(dir, 'package.json');
  const project = JSON.parse(readFileSync(file, 'utf8'));
  project.dependencies['better-sqlite3'] = version;
  writeFileSync(file, JSON.stringify(project, undefined, 2));
  await installPackages(dir, manager, run);

  return { dir, run, start: () => start(dir), remove: () => rmSync(parent, { recursive: true, force: true }) };
}

/** pnpm is taken from the registry: it need not be installed. */
export const PROGRAMS = { npm: ['npm'], pnpm: ['npx', '-y', 'pnpm@10.34.8'] } as const;

async function installPackages(dir: string, manager: FreshAppOptions['manager'], run: FreshApp['run']): Promise<void> {
  const [command, ...first] = PROGRAMS[manager];
  await run(command, [...first, 'install', '--ignore-scripts']);
  cpSync(path.join(SQLITE, 'build'), path.join(dir, 'node_modules/better-sqlite3/build'), { recursive: true });
}

async function start(dir: string): Promise<StartedApp> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const from = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: dir,
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
    });
  }
  const stop = () => endGroup(child);
  try {
    await until('the project is healthy', async () => {
      if (child.exitCode !== null) throw new Error(`It ended:\n${printed.slice(-4_000)}`);
      return fetch(`${url}/_health`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const bootSeconds = (performance.now() - from) / 1000;
  return { url, bootSeconds, memoryMb: () => memoryOf(child.pid as number), output: () => printed, stop };
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-(child.pid as number), 'SIGTERM');
  await ended;
}

function memoryOf(group: number): { cms: number; children: number } {
  const found = { cms: 0, children: 0 };
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const pgid = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[2]);
      if (pgid !== group) continue;
      const mb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (command.includes('strapi-plugin-similar')) found.children += mb;
      else if (/strapi\0start/.test(command) || command.includes('strapi.js')) found.cms += mb;
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
