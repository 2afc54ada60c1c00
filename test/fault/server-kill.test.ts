import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../plugin/contracts/progress';
import type { SimilarResponse } from '../../plugin/contracts/similar';
import { manyPictures } from '../helpers/pictures';
import type { Upload } from '../helpers/strapi-client';
import { type PlaygroundProcess, spawnPlayground } from '../helpers/strapi-process';
import { until } from '../helpers/until';

const PICTURES = 60;
const BATCH = 5;
const KILLS = 4;

/** Printed on failure, so that a run can be understood; random on purpose. */
const randomMs = (max: number) => Math.floor(Math.random() * max);

/** Uploads in small requests; what was being sent when the server died counts as not uploaded. */
async function uploadUntilKilled(server: PlaygroundProcess, waiting: Upload[], uploaded: Set<number>): Promise<void> {
  while (waiting.length > 0) {
    const files = await server.client.upload(waiting.slice(0, BATCH));
    waiting.splice(0, BATCH);
    for (const { id } of files) uploaded.add(id);
  }
}

const progressOf = async (server: PlaygroundProcess) =>
  (await server.client.admin<Progress>('GET', '/similar/progress')).body;

test(`kill -9 at ${KILLS} random moments of ${PICTURES} uploads: every accepted picture becomes searchable`, {
  timeout: 300_000,
}, async (context) => {
  const server = await spawnPlayground();
  context.after(() => server.stop());
  const waiting: Upload[] = (await manyPictures(PICTURES)).map((bytes, at) => ({ name: `${at}.jpg`, bytes }));
  const uploaded = new Set<number>();

  for (let kill = 0; kill < KILLS; kill += 1) {
    const uploading = uploadUntilKilled(server, waiting, uploaded).catch((error: Error) => error);
    const delay = randomMs(1_500);
    await sleep(delay);
    await server.kill('SIGKILL');
    await uploading;
    context.diagnostic(`killed after ${delay} ms with ${uploaded.size} pictures uploaded`);
    await server.restart();
  }
  await uploadUntilKilled(server, waiting, uploaded);

  await until(
    'nothing is pending',
    async () => {
      const { pending, indexed, ready } = await progressOf(server);
      return pending === 0 && ready >= uploaded.size && indexed === ready;
    },
    120_000,
  );
  const { failed, unsupported } = await progressOf(server);
  assert.equal(failed + unsupported, 0);
  for (const id of uploaded) {
    const { status, body } = await server.client.api<SimilarResponse>(`/api/similar/${id}?pagination[limit]=1`);
    assert.equal(status, 200);
    assert.equal(body.meta.status, 'ready', `picture ${id}`);
    assert.equal(body.data.length, 1, `picture ${id} has a neighbour`);
  }
});
