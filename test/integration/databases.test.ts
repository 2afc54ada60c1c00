import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import createKnex, { type Knex } from 'knex';
import { type DatabaseServer, databaseEnv } from '../helpers/database-server';
import { mariadbMissing, startMariadb } from '../helpers/mariadb';
import { picture } from '../helpers/pictures';
import { postgresMissing, startPostgres } from '../helpers/postgres';
import {
  createLookalikes,
  createProduct,
  fileIds,
  names,
  PRODUCT,
  searchable,
  similar,
  similarityOf,
  statusOf,
  vectorSeqs,
} from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';
import { startReceiver, type WebhookReceiver } from '../helpers/webhook-receiver';

/** Every other test of a whole Strapi runs on SQLite. */
const DATABASES = {
  PostgreSQL: { client: 'postgres', start: startPostgres, skip: postgresMissing() ?? false },
  MariaDB: { client: 'mysql', start: () => startMariadb(), skip: mariadbMissing() ?? false },
};

/** One of the plugin's, by a table of somebody else. */
const TAKEN = 'similar_records';

for (const [name, { client, start, skip }] of Object.entries(DATABASES)) {
  describe(`Strapi on ${name}`, { skip }, () => {
    let server: DatabaseServer;
    let receiver: WebhookReceiver;
    let shop: Playground;
    let files: Record<string, UploadedFile>;
    let ids: Record<string, string>;

    async function startShop(folder?: string): Promise<void> {
      const env = databaseEnv(client, server);
      const webhook = { url: receiver.url, debounceMs: 300, top: 2 };
      shop = await startPlayground({ config: { webhook }, env, folder });
    }

    before(async () => {
      server = await start();
      receiver = await startReceiver();
      await onServer((knex) => knex.schema.createTable(TAKEN, (table) => table.string('something')));
      await startShop();
    });
    after(async () => {
      await shop?.stop();
      receiver?.close();
      await server?.stop();
    });

    async function onServer(work: (knex: Knex) => PromiseLike<unknown>): Promise<void> {
      const knex = createKnex({ client: server.client, connection: server.connection });
      try {
        await work(knex);
      } finally {
        await knex.destroy();
      }
    }

    const shown = async (of: string) => names(await similar(shop, ids[of]));
    const rule = (method: string, body: object) => shop.admin(method, '/similar/rules', body);

    test('where a table name is taken, Strapi runs all the same, and the plugin as soon as it is free', async (t) => {
      const indexing = shop.strapi.plugin('similar').service('indexing');
      await assert.rejects(indexing.records(), { code: 'STORE_REFUSED' });
      const [early] = await shop.upload([{ name: 'early.jpg', bytes: await picture('triangle', '#0a0') }]);
      const { status, body } = await similar(shop, early.id);
      assert.deepEqual([status, body.error.name], [500, 'InternalServerError']);
      assert.ok(!JSON.stringify(body).includes('column'), 'what the server says is for the log');
      // The boot has said it; what is tried every few seconds does not.
      const warn = t.mock.method(shop.strapi.log, 'warn');
      await shop.strapi.plugin('similar').service('settings').open();
      const said = warn.mock.calls.map((call) => String((call.arguments as unknown[])[0]));
      assert.deepEqual(
        said.filter((line) => line.includes('settings')),
        [],
      );
      assert.equal((await shop.admin('GET', '/upload/files')).status, 200);
      await onServer((knex) => knex.schema.dropTable(TAKEN));
      // It may have gone while the plugin was looking at it.
      const records = () => indexing.records();
      await until('the tables are made', () =>
        records().then(
          () => true,
          () => false,
        ),
      );
      await searchable(shop, [early]);
      assert.equal((await shop.admin('DELETE', `/upload/files/${early.id}`)).status, 200);
      await until('its row is gone', async () => !(await statusOf(shop, [early.id])).has(early.id));
    });

    test('uploads are embedded, and found as look-alikes of files and entries', async () => {
      ({ files, ids } = await createLookalikes(shop));
      assert.deepEqual(fileIds(await similar(shop, files.red.id))[0], files.crimson.id);
      assert.deepEqual(await shown('red'), ['crimson', 'blue']);
    });

    test('a pin and a hide', async () => {
      const about = { type: PRODUCT, source: ids.red };
      const pin = { kind: 'pin', ...about, target: ids.blue, place: 1 };
      const hide = { kind: 'hide', ...about, target: ids.crimson };
      assert.equal((await rule('POST', pin)).status, 200);
      assert.deepEqual(await shown('red'), ['blue', 'crimson']);
      assert.equal((await rule('POST', hide)).status, 200);
      assert.deepEqual(await shown('red'), ['blue']);
      for (const one of [pin, hide]) {
        const { kind, type, source, target } = one;
        await shop.strapi.plugin('similar').service('rules').remove({ kind, type, source, target });
      }
      assert.deepEqual(await shown('red'), ['crimson', 'blue']);
    });

    test('what changes the top results is told', async () => {
      await until('everything was looked at once', async () => {
        const record = await shop.strapi.db.connection('similar_records').where({ name: 'tops' }).first('value');
        return JSON.parse(record?.value ?? 'null')?.seq >= (await similarityOf(shop).lastSeq());
      });
      receiver.calls = [];
      [files.scarlet] = await shop.upload([{ name: 'scarlet.jpg', bytes: await picture('disc', '#e01') }]);
      ids.scarlet = (await createProduct(shop, { name: 'scarlet', images: [files.scarlet] })).documentId;
      await until('it was told', () =>
        receiver.calls.some(({ body }) =>
          body.entries.some(
            ({ documentId, results }) =>
              documentId === ids.red && results.some((result) => result.documentId === ids.scarlet),
          ),
        ),
      );
    });

    test('a replaced picture gets another vector, a deleted one leaves no row', async () => {
      const before = await vectorSeqs(shop);
      await shop.replace(files.scarlet.id, { name: 'scarlet.jpg', bytes: await picture('stripes', '#01d') });
      await until('it has another vector', async () => {
        const seq = (await vectorSeqs(shop)).get(files.scarlet.id);
        return seq !== undefined && seq > (before.get(files.scarlet.id) as number);
      });
      await searchable(shop, [files.scarlet]);
      await until('it looks like the other stripes', async () => (await shown('blue'))[0] === 'scarlet');
      assert.equal((await shop.admin('DELETE', `/upload/files/${files.scarlet.id}`)).status, 200);
      await until('its row is gone', async () => !(await statusOf(shop, [files.scarlet.id])).has(files.scarlet.id));
      await until('it is not found', async () => !(await shown('blue')).includes('scarlet'));
    });

    test('a restart embeds nothing anew and finds the same', async () => {
      const [seqs, found] = [await vectorSeqs(shop), await shown('red')];
      await shop.stop({ keep: true });
      await startShop(shop.folder);
      await searchable(shop, [files.red, files.crimson, files.blue]);
      assert.deepEqual(await shown('red'), found);
      assert.deepEqual(await vectorSeqs(shop), seqs);
    });
  });
}
