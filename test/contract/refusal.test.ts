import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import createKnex, { type Knex } from 'knex';
import { SimilarError } from '../../plugin/errors';
import { createKnexBlobs } from '../../plugin/store/blobs';
import { createKnexStore } from '../../plugin/store/knex';
import { createKnexRecords } from '../../plugin/store/records';
import { TABLES } from '../../plugin/store/schema';
import type { DatabaseServer } from '../helpers/database-server';
import { mariadbMissing, startMariadb } from '../helpers/mariadb';
import { postgresMissing, startPostgres } from '../helpers/postgres';

const refused = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof SimilarError, String(error));
  assert.equal(error.code, 'STORE_REFUSED');
  assert.match(error.message, message);
  assert.ok(error.message.length < 700, error.message);
  return true;
};

const SERVERS = {
  PostgreSQL: {
    skip: postgresMissing() ?? false,
    start: startPostgres,
    user: [
      `create role guest login`,
      'revoke create on schema public from public',
      'grant usage on schema public to guest',
    ],
    allow: ['grant create on schema public to guest'],
    readOnly: ['alter role guest set default_transaction_read_only to on'],
  },
  MariaDB: {
    skip: mariadbMissing() ?? false,
    start: () => startMariadb(['max-allowed-packet=1M']),
    user: [`create user guest`, `create database shop`, 'grant select, insert, update, delete on shop.* to guest'],
    allow: ['grant all on shop.* to guest'],
    readOnly: ['set global read_only = on'],
  },
};

for (const [name, { skip, start, user, allow, readOnly }] of Object.entries(SERVERS)) {
  describe(`a server that refuses: ${name}`, { skip }, () => {
    let server: DatabaseServer;
    let admin: Knex;
    const all = async (statements: string[]) => {
      for (const statement of statements) await admin.raw(statement);
    };
    /** What a user without rights of its own sees. */
    async function asGuest(work: (knex: Knex) => Promise<void>): Promise<void> {
      const { client, connection } = server;
      const database = client === 'mysql2' ? 'shop' : connection.database;
      const knex = createKnex({ client, connection: { ...connection, database, user: 'guest' } });
      try {
        await work(knex);
      } finally {
        await knex.destroy();
      }
    }
    before(async () => {
      server = await start();
      admin = createKnex({ client: server.client, connection: server.connection });
      await all(user);
    });
    after(async () => {
      await admin?.destroy();
      await server?.stop();
    });

    test('no right to make tables; with it the next try succeeds', async () => {
      await asGuest((knex) => assert.rejects(createKnexStore(knex).open(), refused(/lacks a privilege.*denied/)));
      await all(allow);
      await asGuest((knex) => createKnexStore(knex).open());
    });

    test('each name that is taken by another table, or by a view', async () => {
      for (const table of TABLES) {
        await asGuest(async (knex) => {
          await knex.schema.dropTable(table);
          await knex.schema.createTable(table, (other) => other.string('something').notNullable());
          await assert.rejects(
            createKnexStore(knex).open(),
            refused(new RegExp(`name of one of them is already taken: .*${table}.*column`, 'is')),
          );
          await knex.schema.dropTable(table);
          await knex.raw('create view ?? as select 1 as something', [table]);
          await assert.rejects(
            createKnexStore(knex).open(),
            refused(new RegExp(`name of one of them is already taken: .*${table}`, 's')),
          );
          await knex.raw('drop view ??', [table]);
          await createKnexStore(knex).open();
        });
      }
    });

    test('statements that are too large', { skip: name !== 'MariaDB' && 'it has no such limit' }, async () => {
      await asGuest(async (knex) => {
        const bytes = new Uint8Array(3_000_000);
        const sizes = [600_000, 3_000_000];
        for (const size of sizes) {
          const large = bytes.subarray(0, size);
          await assert.rejects(createKnexBlobs(knex).write('large', large), refused(/max_allowed_packet/));
        }
        await createKnexBlobs(knex).write('small', bytes.subarray(0, 100_000));
      });
    });

    test('read-only', async () => {
      await all(readOnly);
      await asGuest(async (knex) => {
        await assert.rejects(createKnexRecords(knex).write('one', {}, 0), refused(/read-only/));
        await assert.rejects(createKnexStore(knex).enqueue('space', [1]), refused(/read-only/));
      });
    });
  });
}

test('keys that are too short', { skip: mariadbMissing() ?? false }, async (t) => {
  const server = await startMariadb(['innodb-page-size=4k', 'innodb-buffer-pool-size=64M']);
  const knex = createKnex({ client: server.client, connection: server.connection });
  t.after(async () => {
    await knex.destroy();
    await server.stop();
  });
  await assert.rejects(createKnexStore(knex).open(), refused(/innodb_page_size/));
});

test('settings of MariaDB that were common once are no obstacle', { skip: mariadbMissing() ?? false }, async (t) => {
  const server = await startMariadb(['innodb-default-row-format=compact', 'default-storage-engine=Aria']);
  const knex = createKnex({ client: server.client, connection: server.connection });
  t.after(async () => {
    await knex.destroy();
    await server.stop();
  });
  await createKnexStore(knex).open();
});
