import { existsSync } from 'node:fs';
import { provide } from './debian.mjs';

/** The server, what makes its folder of data, and what that one calls. */
const PROGRAMS = ['/usr/sbin/mariadbd', '/usr/bin/mariadb-install-db', '/usr/bin/my_print_defaults'];

/**
 * Finds a MariaDB server, or installs Debian's: its `core` packages make no database, no user and no service.
 * @returns `{path}` of mariadbd, or `{missing}`: why there is none.
 */
export const provideMariadb = () =>
  provide({
    name: 'MariaDB',
    packages: ['mariadb-server-core', 'mariadb-client-core'],
    find: () => (PROGRAMS.every((file) => existsSync(file)) ? PROGRAMS[0] : undefined),
    byHand: 'install the Debian packages mariadb-server-core and mariadb-client-core',
  });
