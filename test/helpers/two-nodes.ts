import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import createKnex, { type Knex } from 'knex';
import { type PostgresServer, startPostgres } from './postgres';

/** An empty database, as two nodes see it. */
export interface TwoNodes {
  one: Knex;
  two: Knex;
  close(): Promise<void>;
}

/** Databases of one private PostgreSQL server, which starts with the first of them and ends after the tests of the file. */
export function onPostgres(): () => Promise<TwoNodes> {
  let server: PostgresServer | undefined;
  let databases = 0;
  after(() => server?.stop());
  return async () => {
    server ??= await startPostgres();
    const { connection } = server;
    const admin = createKnex({ client: 'pg', connection });
    const database = `similar${++databases}`;
    await admin.raw(`create database ${database}`);
    await admin.destroy();
    const connect = () => createKnex({ client: 'pg', connection: { ...connection, database } });
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
export async function onSqlite(): Promise<TwoNodes> {
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
