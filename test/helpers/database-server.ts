import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import createKnex from 'knex';
import { freePort } from './free-port';

export interface Connection {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** A private database server in a temporary folder. */
export interface DatabaseServer {
  /** Of knex. */
  client: 'pg' | 'mysql2';
  /** Of its first, empty database, as a user who may do everything. */
  connection: Connection;
  /** Ends it; its files stay. */
  halt(): Promise<void>;
  /** Stops all of its processes where they are: what is sent to it arrives, and is never answered. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on its files and port. */
  start(): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

/** How a kind of server is made and run; every command runs in `dir`. */
export interface ServerKind {
  client: DatabaseServer['client'];
  /** Neither server runs as root: whose rights it gets then. */
  user: string;
  connection: Omit<Connection, 'port'>;
  init(dir: string): [command: string, args: string[]];
  run(dir: string, port: number): [command: string, args: string[]];
  /** Ends it at once, in order. */
  signal: NodeJS.Signals;
}

/** By which the playground's config/database.ts finds it. @param client as Strapi calls it. */
export function databaseEnv(
  client: string,
  { connection }: Pick<DatabaseServer, 'connection'>,
): Record<string, string> {
  const { host, port, user, password, database } = connection;
  return {
    DATABASE_CLIENT: client,
    DATABASE_HOST: host,
    DATABASE_PORT: String(port),
    DATABASE_NAME: database,
    DATABASE_USERNAME: user,
    DATABASE_PASSWORD: password,
  };
}

const START_TIMEOUT_MS = 150_000;

export async function startServer(kind: ServerKind): Promise<DatabaseServer> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'similar-server-'));
  const identity = unprivileged(kind.user);
  if (identity.uid !== undefined) chownSync(dir, identity.uid, identity.gid as number);
  // The temporary folder of a test file is not writable for other users.
  const options = { ...identity, cwd: dir, env: { ...process.env, TMPDIR: dir }, stdio: 'ignore' as const };
  execFileSync(...kind.init(dir), options);
  const port = await freePort();
  const connection = { ...kind.connection, port };
  let server: ChildProcess | undefined;
  async function halt() {
    const ending = server;
    server = undefined;
    thaw();
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    ending.kill(kind.signal);
    await exited;
  }
  let frozen: number[] = [];
  function freeze() {
    if (!server?.pid) return;
    // The first one alone leaves those that answer on connections that are there.
    frozen = [server.pid, ...childrenOf(server.pid)];
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
  }
  function thaw() {
    for (const pid of frozen.splice(0)) process.kill(pid, 'SIGCONT');
  }
  async function stop() {
    await halt();
    rmSync(dir, { recursive: true, force: true });
  }
  async function start() {
    const starting = spawn(...kind.run(dir, port), options);
    server = starting;
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await answers(kind.client, connection))) {
      if (Date.now() > deadline || starting.exitCode !== null) {
        await stop();
        throw new Error(`The ${kind.client} server did not start`);
      }
      await sleep(100);
    }
  }
  await start();
  return { client: kind.client, connection, halt, freeze, thaw, start, stop };
}

function childrenOf(parent: number): number[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = all.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.filter(([, ppid]) => ppid === parent).map(([pid]) => pid);
}

async function answers(client: string, connection: Connection): Promise<boolean> {
  const knex = createKnex({ client, connection, pool: { min: 0, max: 1 } });
  try {
    await knex.raw('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await knex.destroy();
  }
}

function unprivileged(user: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
