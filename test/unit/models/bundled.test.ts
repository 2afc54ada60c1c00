import assert from 'node:assert/strict';
import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { resolveModel } from '../../../plugin/models/resolve';
import { spaceOf } from '../../../plugin/models/space';
import { cosine, GOLDEN_MISSING, golden, runOnnx, toInput } from '../../helpers/golden';

const entries = golden();

describe('bundled model', () => {
  it('equals the reference embeddings', { skip: !entries && GOLDEN_MISSING }, async () => {
    const model = await resolveModel('efficientnet-lite0');
    const inputs = await Promise.all(entries!.map((entry) => toInput(entry.png, model.preprocessing)));
    const { embedding, features } = await runOnnx(model.path, inputs);
    assert.equal(embedding.length, inputs.length * model.dims);
    assert.equal(features.length, inputs.length * model.dims * 49);
    for (const [i, entry] of entries!.entries()) {
      const vector = embedding.subarray(i * model.dims, (i + 1) * model.dims);
      const similarity = cosine(vector, entry.efficientnet_lite0);
      assert.ok(similarity >= 0.9999, `${entry.png}: ${similarity}`);
    }
  });

  it('has a space that names model, version and resampling', async () => {
    assert.deepEqual(spaceOf(await resolveModel('efficientnet-lite0')), {
      id: 'efficientnet-lite0@1/lanczos3',
      model: 'efficientnet-lite0',
      dims: 1280,
    });
  });

  it('is refused when a byte differs, naming both checksums', async (t) => {
    const bundledDir = await mkdtemp(path.join(tmpdir(), 'similar-models-'));
    t.after(() => rm(bundledDir, { recursive: true }));
    const { path: original, sha256 } = await resolveModel('efficientnet-lite0');
    const copy = path.join(bundledDir, path.basename(original));
    await copyFile(original, copy);
    assert.equal((await resolveModel('efficientnet-lite0', { bundledDir })).path, copy);

    const file = await open(copy, 'r+');
    await file.write(Buffer.from([0xff]), 0, 1, 3_000_000);
    await file.close();
    await assert.rejects(resolveModel('efficientnet-lite0', { bundledDir }), (error: Error & { code: string }) => {
      assert.equal(error.code, 'MODEL_DAMAGED');
      assert.match(error.message, new RegExp(`Expected SHA-256 ${sha256} .* received [0-9a-f]{64}`));
      return true;
    });
  });

  it('is refused when the file is missing', async () => {
    await assert.rejects(resolveModel('efficientnet-lite0', { bundledDir: tmpdir() }), { code: 'MODEL_DAMAGED' });
  });

  it('is not found under another name, and the names are listed', async () => {
    await assert.rejects(resolveModel('resnet5'), {
      code: 'UNKNOWN_MODEL',
      message: /^Expected one of efficientnet-lite0.* for model but received "resnet5" of type string$/,
    });
  });
});
