import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createEmbedder } from '../../../plugin/embedder/embedder';
import { outputShape } from '../../../plugin/engines/output-shape';
import { customEntry } from '../../../plugin/models/custom-model';
import { proposeModel } from '../../../plugin/models/propose';
import { publishedNames } from '../../../plugin/models/published';
import { modelEntry } from '../../../plugin/models/registry';
import { resolveModel } from '../../../plugin/models/resolve';
import { cosine } from '../../../plugin/vectors/cosine';
import { towers } from '../../fixtures/towers/expected.json';
import { sharedDir } from '../../helpers/shared';

const shared = sharedDir();
const skip = !shared && 'needs ../shared/models/golden, which is not there';
const FOLDER = path.join(__dirname, '../../fixtures/towers');

/** Apart by rounding: float32 in another order, and mean and std on another scale. */
const LEAST = 0.9999;

/** Published models whose graph and preparation of pictures a tower has. */
const PUBLISHED: Record<string, string[]> = {
  'vit-cls': ['dino-vits16'],
  'dinov2-cls': ['dinov2-small'],
  'siglip-pooling': ['siglip-base-p16-224'],
  'siglip2-pooling': ['siglip2-base-p16-224'],
  'clip-projection': ['clip-vit-b-32', 'unicom-vit-b-32'],
};

for (const [name, vectors] of Object.entries(towers)) {
  for (const published of PUBLISHED[name]) {
    test(`${published} prepares pictures as ${name} does`, async () => {
      const { entry } = await proposeModel(path.join(FOLDER, name, 'model.onnx'), { name, shapeOf: outputShape });
      assert.deepEqual(modelEntry(published).preprocessing, customEntry(name, entry).preprocessing);
    });
  }

  test(`${name}: the whole path gives what transformers gives, from preprocessor_config.json to the vector`, {
    skip,
  }, async () => {
    const { entry } = await proposeModel(path.join(FOLDER, name, 'model.onnx'), { name, shapeOf: outputShape });
    const model = await resolveModel(name, { custom: { [name]: entry } });
    const embedder = createEmbedder({ model, threads: 1 });
    try {
      const cosines: number[] = [];
      for (const [file, expected] of Object.entries(vectors as Record<string, number[]>)) {
        const result = await embedder.embed(path.join(shared!, 'models/golden', file));
        assert.ok(result.ok, JSON.stringify(result));
        cosines.push(cosine(result.vector, Float32Array.from(expected)));
      }
      assert.ok(cosines.length > 0);
      assert.ok(Math.min(...cosines) >= LEAST, `cosines ${cosines.map((value) => value.toFixed(6))}`);
    } finally {
      await embedder.close();
    }
  });
}

test('every published model has a tower', () => {
  assert.deepEqual(Object.values(PUBLISHED).flat().sort(), publishedNames().sort());
});

test('the pictures are told apart by each of them, so that a wrong one would be seen', { skip }, () => {
  for (const vectors of Object.values(towers)) {
    const all = Object.values(vectors as Record<string, number[]>).map((vector) => Float32Array.from(vector));
    for (const [i, one] of all.entries()) for (const other of all.slice(i + 1)) assert.ok(cosine(one, other) < 0.999);
  }
});
