import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import knexOf, { type Knex } from 'knex';
import { MERGE_POINTS } from '../../plugin/fault-point';
import { type Copies, mergeClient, shownAsDuplicates, uploadCopies } from '../helpers/merge-shop';
import { PRODUCT } from '../helpers/shop';
import { createFolder } from '../helpers/strapi-folder';
import { type PlaygroundProcess, spawnPlayground } from '../helpers/strapi-process';
import { until } from '../helpers/until';

const EDIT = `/content-manager/collection-types/${PRODUCT}`;

describe('a merge of duplicates, during which Strapi ends by SIGKILL', () => {
  const folder = createFolder();
  const fault = path.join(folder, 'fault');
  let server: PlaygroundProcess;
  let routes: ReturnType<typeof mergeClient>;
  let seed = 20;

  before(async () => {
    server = await spawnPlayground({ folder, env: { SIMILAR_FAULT: fault } });
  });
  after(() => server?.stop());

  async function asked(method: string, route: string, body?: object) {
    const answer = await server.client.admin(method, route, body);
    assert.ok(answer.status < 300, `${method} ${route}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** As a product that is published, and one with a draft of its own. */
  async function createProducts({ one, two, other }: Copies): Promise<string[]> {
    const documentIds: string[] = [];
    for (const images of [[one.id], [two.id, other.id], [one.id, two.id]]) {
      const { data } = await asked('POST', EDIT, { name: `of ${images.join()}`, images });
      await asked('POST', `${EDIT}/${data.documentId}/actions/publish`, {});
      documentIds.push(data.documentId);
    }
    await asked('PUT', `${EDIT}/${documentIds[0]}`, { name: 'not ready' });
    return documentIds;
  }

  /** Pictures of each version of the products; those that are gone are missing. */
  async function picturesOf(documentIds: string[]): Promise<number[][]> {
    const found: number[][] = [];
    for (const documentId of documentIds) {
      for (const status of ['draft', 'published']) {
        const { data } = await asked('GET', `${EDIT}/${documentId}?status=${status}`);
        found.push(data.images.map(({ id }: { id: number }) => id));
      }
    }
    return found;
  }

  async function inDatabase(change: (knex: Knex) => Promise<unknown>): Promise<void> {
    const filename = path.join(folder, 'data.db');
    const knex = knexOf({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
    await change(knex).finally(() => knex.destroy());
  }

  /** The process that ended has held it for a minute at most, and a day is over at once. */
  const letGoOn = (isDayOver: boolean) =>
    inDatabase(async (knex) => {
      for (const { name, value } of await knex('similar_records').where('name', 'like', 'merge-%')) {
        const entry = { ...JSON.parse(value), workerUntil: 0 };
        if (isDayOver) entry.until = 1;
        await knex('similar_records')
          .where({ name })
          .update({ value: JSON.stringify(entry) });
      }
    });

  for (const point of MERGE_POINTS) {
    test(point, async () => {
      routes = mergeClient(server.client);
      const files = await uploadCopies(server.client, seed++);
      const { keep, one, two, other } = files;
      await shownAsDuplicates(server.client, keep.id, [one.id, two.id]);
      const documentIds = await createProducts(files);
      const { body: plan } = await routes.plan(keep.id, [one.id, two.id]);
      assert.equal(plan.total, 8, JSON.stringify(plan));

      writeFileSync(fault, `${point} 1`);
      const merged = await routes.merge(keep.id, [one.id, two.id], plan.plan).catch(() => undefined);
      if (merged) await routes.finish(merged.body.id).catch(() => undefined);
      assert.ok(!existsSync(fault), `Strapi has ended at ${point}`);
      await server.kill();
      await letGoOn(false);
      await server.restart();
      routes = mergeClient(server.client);

      for (const own of await picturesOf(documentIds)) assert.ok(own.length > 0, `${point}: ${own}`);
      const isDeleting = point.startsWith('merge-delet');
      await until('the merge has gone on', async () => {
        const [{ state }] = await routes.list();
        return state === (isDeleting ? 'done' : 'merged');
      });
      const first = [keep.id];
      const expected = [first, first, [keep.id, other.id], [keep.id, other.id], first, first];
      assert.deepEqual(await picturesOf(documentIds), expected);
      const { data } = await asked('GET', `${EDIT}/${documentIds[0]}?status=published`);
      assert.equal(data.name, `of ${one.id}`, 'the draft was not published');

      if (!isDeleting) {
        await server.kill();
        await letGoOn(true);
        await server.restart();
        routes = mergeClient(server.client);
        await until('the files are gone', async () => (await routes.list())[0].state === 'done');
      }
      assert.deepEqual(await picturesOf(documentIds), expected);
      for (const { id } of [one, two])
        assert.equal((await server.client.admin('GET', `/upload/files/${id}`)).status, 404);
      rmSync(fault, { force: true });
    });
  }
});
