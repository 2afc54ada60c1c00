import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { configSchema } from '../../../plugin/contracts/config';
import type { MediaSource, Records } from '../../../plugin/ports';
import { createLazyEmbedder } from '../../../plugin/spaces/lazy-embedder';
import { configuredSpace } from '../../../plugin/spaces/model-space';
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

function lazyEmbedder(patienceMs: number) {
  const config = configSchema.parse({
    model: 'resnet50',
    models: { mirror: server.url, cacheDir, sha256: 'a'.repeat(64) },
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
