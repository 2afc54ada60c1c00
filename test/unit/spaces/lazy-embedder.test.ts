import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { configSchema, type SimilarConfigInput } from '../../../plugin/contracts/config';
import type { MediaSource, Records } from '../../../plugin/ports';
import { createLazyEmbedder } from '../../../plugin/spaces/lazy-embedder';
import { configuredSpace } from '../../../plugin/spaces/model-space';
import { freePort } from '../../helpers/free-port';
import { quiet } from '../../helpers/pipeline';
import { until } from '../../helpers/until';
import { fault, serveWeights, type WeightsServer } from '../../helpers/weights-server';

let server: WeightsServer;
const cacheDir = mkdtempSync(path.join(os.tmpdir(), 'similar-lazy-'));
before(async () => {
  server = await serveWeights(Buffer.alloc(1_000));
});
after(async () => {
  await server.close();
  rmSync(cacheDir, { recursive: true });
});

function lazyEmbedder(patienceMs: number, { models, ...more }: SimilarConfigInput = {}) {
  const config = configSchema.parse({
    model: 'resnet50',
    models: { mirror: server.url, cacheDir, sha256: 'a'.repeat(64), ...models },
    ...more,
  });
  const deps = { config, media: {} as MediaSource, records: {} as Records, logger: quiet };
  return createLazyEmbedder(configuredSpace(config), deps, patienceMs);
}

test('it says when the model takes long: nothing comes, or an attempt has failed', async () => {
  server.faults.push(fault.stallAfter(10));
  const stalled = lazyEmbedder(20);
  let delays = 0;
  const opening = stalled.open(() => delays++);
  await until('it takes long', () => delays === 1);
  stalled.abort();
  await assert.rejects(opening);
  await stalled.close();

  server.faults.push(fault.status(503));
  const refused = lazyEmbedder(60_000);
  const again = refused.open(() => delays++);
  await until('the attempt has failed', () => delays === 2);
  refused.abort();
  await assert.rejects(again);
  await refused.close();
});

test('with machines that embed, no model is fetched before this node has to help out; an int8 model is its own', async () => {
  const embedders = [{ url: `http://127.0.0.1:${await freePort()}` }];
  const before = server.requests.length;
  const never = lazyEmbedder(60_000, { embedders, localEmbedder: 'never' });
  const remote = await never.open();
  await assert.rejects(remote.embed('any.jpg'), { code: 'EMBEDDER_UNAVAILABLE' });
  assert.equal(never.status()?.device, 'remote: 0 of 1');
  await never.close();
  assert.equal(server.requests.length, before);

  const missing = () => server.faults.splice(0, server.faults.length, ...Array(4).fill(fault.status(404)));
  missing();
  const helping = lazyEmbedder(60_000, { embedders });
  const both = await helping.open();
  assert.equal(server.requests.length, before);
  await assert.rejects(both.embed('any.jpg'), { code: 'EMBEDDER_UNAVAILABLE' });
  const tried = server.requests.length;
  assert.ok(tried > before);
  // Another picture does not fetch it again.
  await assert.rejects(both.embed('any.jpg'), { code: 'EMBEDDER_UNAVAILABLE' });
  assert.equal(server.requests.length, tried);
  assert.equal(helping.status()?.state, 'broken');
  await helping.close();

  missing();
  const int8 = lazyEmbedder(60_000, { embedders, models: { precision: 'int8' } });
  await assert.rejects(int8.open(), { code: 'MODEL_UNAVAILABLE' });
  await int8.close();
});

test('machines that embed are asked for the model’s own vectors, whichever file of a picture they get', async () => {
  const lazy = lazyEmbedder(60_000, {
    embedders: [{ url: `http://127.0.0.1:${await freePort()}` }],
    localEmbedder: 'never',
    limits: { source: 'derivative' },
  });
  assert.doesNotMatch((await lazy.open()).space.id, /derivative/);
  await lazy.close();
});
