import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import createKnex, { type Knex } from 'knex';
import type { DatabaseServer } from './database-server';
import { mariadbMissing, startMariadb } from './mariadb';
import { postgresMissing, startPostgres } from './postgres';

/** An empty database, as two nodes see it. */
export interface TwoNodes {
  one: Knex;
  two: Knex;
  close(): Promise<void>;
}

/** Databases of one private server, which starts with the first of them and ends after the tests of the file. */
function onServer(start: () => Promise<DatabaseServer>): () => Promise<TwoNodes> {
  let server: DatabaseServer | undefined;
  let databases = 0;
  after(() => server?.stop());
  return async () => {
    server ??= await start();
    const { client, connection } = server;
    const admin = createKnex({ client, connection });
    const database = `similar${++databases}`;
    await admin.raw(`create database ${database}`);
    await admin.destroy();
    const connect = () => createKnex({ client, connection: { ...connection, database } });
    const [one, two] = [connect(), connect()];
    return {
      one,
      two,
      async close() {
        await Promise.all([one.destroy(), two.destroy()]);
      },
    };
  };
}

/** Nodes cannot share an SQLite file, so these share the connection: calls of both still interleave. */
async function onSqlite(): Promise<TwoNodes> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'similar-database-'));
  const connection = { filename: path.join(dir, 'data.db') };
  const knex = createKnex({ client: 'better-sqlite3', connection, useNullAsDefault: true });
  return {
    one: knex,
    two: knex,
    async close() {
      await knex.destroy();
      rmSync(dir, { recursive: true });
    },
  };
}

/** Where two tests and more run: `open` of one that is skipped is not called. */
export const DATABASES = {
  SQLite: { open: () => onSqlite, skip: false },
  PostgreSQL: { open: () => onServer(startPostgres), skip: postgresMissing() ?? false },
  MariaDB: { open: () => onServer(() => startMariadb()), skip: mariadbMissing() ?? false },
} as const;
