import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startCore } from '../../native-bench/lib/core';
import { folderMedia } from '../../native-bench/lib/folder-media';
import { texture } from '../helpers/pictures';
import { sharedDir } from '../helpers/shared';
import { until } from '../helpers/until';

const FP32 = 'efficientnet-lite0@1/lanczos3';
const INT8 = 'efficientnet-lite0@1+int8/lanczos3';
/** A model is made and tried on hundreds of pictures. */
const LONG = 80_000;

const photoDir = path.join(sharedDir() ?? '', 'photos/food');

/** The whole core, on a library of pictures. */
describe('models.precision int8', () => {
  let folder: string;
  let rendered: string[];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'similar-int8-'));
    rendered = Array.from({ length: 200 }, (_, i) => path.join(folder, `${i}.jpg`));
    for (const [i, file] of rendered.entries()) await writeFile(file, await texture(i));
  });
  after(() => rm(folder, { recursive: true }));

  const start = (pictures: readonly string[]) =>
    startCore(
      folderMedia(pictures, () => pictures.length),
      { models: { precision: 'int8', cacheDir: path.join(folder, 'cache') } },
    );

  test('a library with few pictures is served in fp32 meanwhile', async (t) => {
    const { core, close } = await start(rendered.slice(0, 20));
    t.after(close);
    await until('it is indexed', async () => (await core.progress()).indexed === 20, LONG);
    const { space, next, declined } = await core.progress();
    assert.deepEqual({ space, next: next?.space, declined }, { space: FP32, next: INT8, declined: undefined });
    assert.match(next?.problem ?? '', /needs at least 200 pictures of the library, and there are 20/);
  });

  test('where it would lose too much, fp32 stays and the reason is shown', async (t) => {
    const { core, close } = await start(rendered);
    t.after(close);
    await until('it is indexed', async () => (await core.progress()).indexed === rendered.length, LONG);
    const { space, next, declined, declinedBecause } = await core.progress();
    assert.deepEqual({ space, next, declined }, { space: FP32, next: undefined, declined: INT8 });
    assert.match(
      declinedBecause ?? '',
      /is not used: its nearest pictures keep 9\d\.\d\d % of their likeness, not 99\.00 %/,
    );
  });

  const skip = !sharedDir() && 'needs ../shared/photos, which is not there';
  test('where it keeps the neighbours of photos and is faster, it is used and searched', { skip }, async (t) => {
    const names = await readdir(photoDir, { recursive: true });
    const all = names.filter((name) => /\.jpe?g$/i.test(name)).sort();
    const photos = Array.from({ length: 400 }, (_, i) => path.join(photoDir, all[Math.floor((i * all.length) / 400)]));
    const { core, close } = await start(photos);
    t.after(close);
    await until('it is indexed', async () => (await core.progress()).indexed === photos.length, LONG);
    const { space, declined, declinedBecause, engine, device, next } = await core.progress();
    if (declined) {
      // Some CPUs compute fp32 as fast; the neighbours are the same on all of them.
      assert.match(declinedBecause ?? '', /it is \d\.\d\d times as fast, not 1\.2 times .*likeness kept 0\.99/);
      return;
    }
    assert.deepEqual(
      { space, declined, engine, device, next },
      { space: INT8, declined: undefined, engine: 'onnxruntime', device: 'cpu', next: undefined },
    );
    const cached = await readdir(path.join(folder, 'cache'));
    assert.equal(cached.filter((name) => /^efficientnet-lite0-\w{12}-int8-\w{12}\.(onnx|json)$/.test(name)).length, 2);
    const asked = await core.search.embed(photos[0]);
    assert.ok(asked.ok);
    const [nearest] = await core.search.neighbours([await core.search.queryOf(asked)], { limit: 7 });
    assert.equal(nearest.fileId, 1, 'a picture is nearest to itself');
  });
});
