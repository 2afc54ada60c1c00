import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { configSchema } from '../../../plugin/contracts/config';
import { sha256Of } from '../../../plugin/files/sha256';
import { listModels } from '../../../plugin/models/manage';
import { publishedEntry, publishedNames } from '../../../plugin/models/published';
import { modelEntry } from '../../../plugin/models/registry';
import { resolveModel } from '../../../plugin/models/resolve';
import { configuredSpace } from '../../../plugin/spaces/model-space';
import { isUnpinned } from '../../../plugin/spaces/pinned-file';
import { writePatchModel } from '../../helpers/patch-model';
import { serveWeights } from '../../helpers/weights-server';

const folder = mkdtempSync(path.join(tmpdir(), 'similar-published-'));
after(() => rmSync(folder, { recursive: true }));
const cacheDir = path.join(folder, 'cache');

test('each is marked unverified, with its licence, in the list and in docs/models.md', async () => {
  const docs = readFileSync(path.join(__dirname, '../../../docs/models.md'), 'utf8');
  const listed = new Map((await listModels({ cacheDir })).map((model) => [model.name, model]));
  assert.ok(publishedNames().length > 0);
  for (const name of publishedNames()) {
    const { isUnverified, licence, dims, state } = listed.get(name)!;
    assert.deepEqual([isUnverified, state], [true, 'absent'], name);
    const row = docs.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    assert.ok(row, name);
    for (const part of [`| ${dims} |`, licence, '*unverified*']) assert.ok(row.includes(part), `${name}: ${part}`);
  }
});

test('a mirror of the hub serves the same paths; what it has is used as it is', async () => {
  const file = await writePatchModel(path.join(folder, 'served.onnx'));
  const server = await serveWeights(readFileSync(file));
  try {
    const { models } = configSchema.parse({ models: { hub: `${server.url}/mirror/`, cacheDir } });
    // The file is another one than its entry says: what does not fit is named.
    await assert.rejects(resolveModel('dino-vits16', models), {
      code: 'MODEL_MISMATCH',
      message: /dino-vits16.*expected 32 but received 224/,
    });
    assert.deepEqual(
      server.requests.map(({ url }) => url),
      ['/mirror/Xenova/dino-vits16/resolve/main/onnx/model.onnx'],
    );
    await assert.rejects(resolveModel('clip-vit-b-32', models), { code: 'MODEL_DAMAGED' });
    const offline = { ...models, offline: true };
    await assert.rejects(resolveModel('dinov2-small', offline), {
      code: 'MODEL_UNAVAILABLE',
      message: /dinov2-small.*offline/,
    });
  } finally {
    await server.close();
  }
});

test('a file of one’s own can stand for the hub’s, with its checksum', async () => {
  const file = await writePatchModel(path.join(folder, 'mine.onnx'));
  const sha256 = 'a'.repeat(64);
  const path_ = { path: file, cacheDir };
  await assert.rejects(resolveModel('clip-vit-b-32', { ...path_, sha256 }), { code: 'MODEL_DAMAGED' });
  await assert.rejects(resolveModel('clip-vit-b-32', { ...path_, sha256: await sha256Of(file) }), {
    code: 'MODEL_MISMATCH',
  });
  await assert.rejects(resolveModel('clip-vit-b-32', { path: folder, cacheDir }), {
    code: 'MODEL_UNAVAILABLE',
    message: /`models\.path`/,
  });
});

test('where no checksum could be found, the file is pinned at its first use', () => {
  assert.equal(isUnpinned(modelEntry('dino-vits16')), true);
  assert.equal(isUnpinned(modelEntry('dino-vits16', { sha256: 'a'.repeat(64) })), false);
  assert.equal(isUnpinned(modelEntry('clip-vit-b-32')), false);
  assert.equal(isUnpinned(modelEntry('resnet50')), false);
});

test('its space says what is done to pictures, and takes no other way of resizing', () => {
  const { space } = configuredSpace(configSchema.parse({ model: 'dinov2-small' }));
  assert.match(space.id, /^dinov2-small@1\+[0-9a-f]{8}\/bicubic$/);
  assert.equal(space.dims, 384);
  assert.throws(() => configuredSpace(configSchema.parse({ model: 'dinov2-small', models: { resize: 'nearest' } })), {
    code: 'INVALID_CONFIG',
    message: /models\.resize/,
  });
});

test('a model of one’s own may take the name of a published one, but of none of the package’s', () => {
  const custom = { path: 'a', preprocessing: { size: 224 }, output: { dims: 9 } };
  const own = configSchema.parse({ model: 'dino-vits16', models: { custom: { 'dino-vits16': custom } } });
  assert.equal(configuredSpace(own).space.dims, 9);
  const taken = configSchema.parse({ model: 'resnet50', models: { custom: { resnet50: custom } } });
  assert.throws(() => configuredSpace(taken), { code: 'INVALID_CONFIG', message: /models\.custom\.resnet50/ });
});

test('no name is unknown to publishedEntry, and no other one is known', () => {
  for (const name of publishedNames()) assert.ok(publishedEntry(name));
  assert.equal(publishedEntry('constructor'), undefined);
});
