import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type DatabaseServer, startServer } from './database-server';

const HOME = '/usr/lib/postgresql';

/** Why no private PostgreSQL server can be started here, or undefined when it can. */
export function postgresMissing(): string | undefined {
  return binaries() ? undefined : 'no PostgreSQL server is installed (Debian package postgresql-15)';
}

/** A private server with a fresh, empty database on a free port. */
export const startPostgres = (): Promise<DatabaseServer> => startPostgresOf(binaries() as string, 'postgres');

/** @param bin folder of the server's programs. @param user whose rights it gets where the tests run as root. */
export function startPostgresOf(bin: string, user: string): Promise<DatabaseServer> {
  const program = (name: string) => path.join(bin, name);
  return startServer({
    client: 'pg',
    user,
    connection: { host: '127.0.0.1', user: 'similar', password: '', database: 'postgres' },
    init: (dir) => [
      program('initdb'),
      ['-D', path.join(dir, 'data'), '-U', 'similar', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    ],
    run(dir, port) {
      const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`];
      const flags = settings.flatMap((setting) => ['-c', setting]);
      return [program('postgres'), ['-D', path.join(dir, 'data'), '-p', String(port), ...flags]];
    },
    signal: 'SIGINT',
  });
}

function binaries(): string | undefined {
  if (!existsSync(HOME)) return undefined;
  const versions = readdirSync(HOME).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => path.join(HOME, version, 'bin')).find((bin) => existsSync(path.join(bin, 'initdb')));
}
