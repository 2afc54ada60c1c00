import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { configSchema } from '../../plugin/contracts/config';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { startQuantiser } from '../../plugin/int8/process-client';
import { INT8_ENGINE } from '../../plugin/int8/quantiser';
import type { ResolvedModel } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import { cosine } from '../helpers/golden';
import { texture } from '../helpers/pictures';

const { limits } = configSchema.parse({});
const CALIBRATION = 24;

describe('quantiser process', () => {
  let folder: string;
  let model: ResolvedModel;
  let pictures: string[];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'similar-int8-'));
    model = await resolveModel('efficientnet-lite0');
    pictures = Array.from({ length: 64 }, (_, i) => path.join(folder, `${i}.jpg`));
    for (const [i, picture] of pictures.entries()) await writeFile(picture, await texture(i));
  });
  after(() => rm(folder, { recursive: true }));

  let ending: AbortController;
  beforeEach(() => {
    ending = new AbortController();
  });
  afterEach(() => ending.abort());

  const start = (of: ResolvedModel) =>
    startQuantiser({ model: of, engine: 'onnxruntime', calibration: CALIBRATION, limits, signal: ending.signal });

  async function embed(file: string): Promise<Float32Array[]> {
    const embedder = createEmbedder({ model: { ...model, path: file }, engine: INT8_ENGINE });
    const results = await Promise.all(pictures.map((picture) => embedder.embed(picture)));
    await embedder.close();
    return results.map((result) => {
      assert.ok(result.ok);
      return result.vector;
    });
  }

  test('makes an int8 model of the bundled one that the embedder runs, with nearly the same vectors', async () => {
    const quantiser = start(model);
    const bad = path.join(folder, 'bad.jpg');
    await writeFile(bad, 'no picture');
    assert.equal(await quantiser.add(bad), false);
    for (const picture of pictures) assert.equal(await quantiser.add(picture), true);
    const { ranges, measured, probe } = await quantiser.measure();
    assert.equal(measured.pictures, pictures.length - CALIBRATION);
    assert.ok(measured.kept > 0.95 && measured.kept <= 1, `kept ${measured.kept}`);
    assert.ok(measured.speed > 0);
    assert.deepEqual(ranges.stem_relu, [0, 6]);

    const target = path.join(folder, 'cache', 'int8.onnx');
    await mkdir(path.dirname(target));
    await quantiser.write(ranges, target);
    assert.deepEqual(await readdir(path.dirname(target)), ['int8.onnx'], 'nothing is left beside it');
    const first = await readFile(target);
    await quantiser.write(ranges, target);
    assert.deepEqual(await readFile(target), first, 'the same ranges give the same bytes');
    assert.ok(first.length < 5_000_000, String(first.length));
    const again = await quantiser.probe(target);
    assert.ok(cosine(probe, again) > 0.99999, String(cosine(probe, again)));
    assert.ok(cosine(probe, await quantiser.probe(model.path)) < 0.99999);

    const [fp32, int8] = [await embed(model.path), await embed(target)];
    const cosines = fp32.map((vector, i) => cosine(vector, int8[i]));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // Textures keep less than photos.
    assert.ok(Math.min(...cosines) > 0.75 && mean(cosines) > 0.93, `mean ${mean(cosines)} of ${cosines}`);
    const tried = mean(cosines.slice(CALIBRATION));
    assert.ok(Math.abs(tried - measured.cosine) < 0.005, `${tried} is not ${measured.cosine}, which was measured`);
  });

  test('says of a damaged model file that it cannot be used, and goes on', async () => {
    const damaged = path.join(folder, 'damaged.onnx');
    await writeFile(damaged, (await readFile(model.path)).subarray(0, 100_000));
    const quantiser = start({ ...model, path: damaged });
    await quantiser.add(pictures[0]);
    const refused = { code: 'EMBEDDER_UNAVAILABLE', message: /^The model could not be quantised: / };
    await assert.rejects(quantiser.measure(), refused);
    const target = path.join(folder, 'never', 'int8.onnx');
    await assert.rejects(quantiser.write({}, target), refused);
    await assert.rejects(readFile(target), { code: 'ENOENT' });
    assert.equal(await quantiser.add(pictures[0]), true);
  });

  test('names what is missing when the ranges are another model’s', async () => {
    const quantiser = start(model);
    await assert.rejects(quantiser.write({ other: [0, 1] }, path.join(folder, 'never.onnx')), {
      code: 'NOT_QUANTISABLE',
      message: /no range was measured for image/,
    });
  });

  test('every call is refused once the process is gone', async () => {
    const quantiser = start(model);
    const pending = quantiser.add(pictures[0]);
    ending.abort();
    await assert.rejects(pending, { code: 'EMBEDDER_UNAVAILABLE' });
    await assert.rejects(quantiser.measure(), { code: 'EMBEDDER_UNAVAILABLE' });
  });
});
