import { after } from 'node:test';
import createKnex from 'knex';
import { createKnexStore } from '../../plugin/store/knex';
import { type PostgresServer, postgresMissing, startPostgres } from '../helpers/postgres';
import { testEmbeddingStore } from './embedding-store.suite';

let server: PostgresServer | undefined;
let databases = 0;

after(() => server?.stop());

testEmbeddingStore(
  'PostgreSQL',
  async () => {
    server ??= await startPostgres();
    const admin = createKnex({ client: 'pg', connection: server.connection });
    const database = `similar${++databases}`;
    await admin.raw(`create database ${database}`);
    await admin.destroy();
    const connect = () => createKnex({ client: 'pg', connection: { ...server?.connection, database } });
    const [one, two] = [connect(), connect()];
    const store = createKnexStore(one);
    await store.open();
    return {
      store,
      other: createKnexStore(two),
      close: async () => {
        await Promise.all([one.destroy(), two.destroy()]);
      },
    };
  },
  postgresMissing() ?? false,
);
