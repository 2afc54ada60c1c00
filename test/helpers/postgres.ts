import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port';

export interface PostgresServer {
  connection: { host: string; port: number; user: string; password: string; database: string };
  stop(): Promise<void>;
}

const HOME = '/usr/lib/postgresql';

/** Why no private PostgreSQL server can be started here, or undefined when it can. */
export function postgresMissing(): string | undefined {
  return binaries() ? undefined : 'no PostgreSQL server is installed (Debian package postgresql-15)';
}

/** A private server with a fresh, empty database on a free port. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = binaries() as string;
  const dir = mkdtempSync(path.join(os.tmpdir(), 'similar-pg-'));
  const identity = unprivileged();
  if (identity.uid !== undefined) chownSync(dir, identity.uid, identity.gid as number);
  const data = path.join(dir, 'data');
  const options = { ...identity, cwd: dir, stdio: 'ignore' as const };
  execFileSync(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'similar', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    options,
  );
  const port = await freePort();
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`];
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    options,
  );
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const connection = { host: '127.0.0.1', port, user: 'similar', password: '', database: 'postgres' };
  const deadline = Date.now() + 20_000;
  while (!isReady(bin, port)) {
    if (Date.now() > deadline || server.exitCode !== null) throw new Error('PostgreSQL did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    connection,
    async stop() {
      server.kill('SIGINT');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function binaries(): string | undefined {
  if (!existsSync(HOME)) return undefined;
  const versions = readdirSync(HOME).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => path.join(HOME, version, 'bin')).find((bin) => existsSync(path.join(bin, 'initdb')));
}

function isReady(bin: string, port: number): boolean {
  try {
    execFileSync(path.join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
