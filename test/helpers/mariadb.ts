import { existsSync } from 'node:fs';
import path from 'node:path';
import { type DatabaseServer, startServer } from './database-server';

/** As scripts/setup/mariadb.mjs installs them. */
const SERVER = '/usr/sbin/mariadbd';
const INSTALLER = '/usr/bin/mariadb-install-db';
const READER = '/usr/bin/my_print_defaults';

/** Why no private MariaDB server can be started here, or undefined when it can. */
export function mariadbMissing(): string | undefined {
  if ([SERVER, INSTALLER, READER].every((file) => existsSync(file))) return undefined;
  const unknown = 'no MariaDB server is installed (Debian packages mariadb-server-core and mariadb-client-core)';
  return process.env.MARIADB_MISSING || unknown;
}

/** A private server with a fresh, empty database on a free port. @param settings of mariadbd, such as `max-allowed-packet=64K` */
export function startMariadb(settings: string[] = []): Promise<DatabaseServer> {
  const flags = settings.map((setting) => `--${setting}`);
  const data = (dir: string) => `--datadir=${path.join(dir, 'data')}`;
  return startServer({
    client: 'mysql2',
    user: 'nobody',
    connection: { host: '127.0.0.1', user: 'root', password: '', database: 'test' },
    init: (dir) => [
      INSTALLER,
      ['--no-defaults', '--basedir=/usr', data(dir), '--auth-root-authentication-method=normal', ...flags],
    ],
    run(dir, port) {
      const places = [data(dir), `--socket=${path.join(dir, 'socket')}`, `--pid-file=${path.join(dir, 'pid')}`];
      const address = ['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'];
      const speed = ['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0', '--innodb-buffer-pool-size=64M'];
      return [SERVER, ['--no-defaults', ...places, ...address, ...speed, ...flags]];
    },
    signal: 'SIGTERM',
  });
}
