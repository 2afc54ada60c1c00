import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { outputShape } from '../../../plugin/engines/output-shape';
import { sha256Of } from '../../../plugin/files/sha256';
import { preprocessingFrom } from '../../../plugin/models/preprocessor-config';
import { proposeModel } from '../../../plugin/models/propose';
import { resolveModel } from '../../../plugin/models/resolve';
import { DIMS, type PatchModel, SIZE, writePatchModel } from '../../helpers/patch-model';
import { serveWeights } from '../../helpers/weights-server';

const folder = mkdtempSync(path.join(tmpdir(), 'similar-propose-'));
after(() => rmSync(folder, { recursive: true }));

/** A folder as models are published in. */
async function published(name: string, config?: object, options?: PatchModel): Promise<string> {
  const onnx = path.join(folder, name, 'onnx');
  mkdirSync(onnx, { recursive: true });
  if (config) writeFileSync(path.join(folder, name, 'preprocessor_config.json'), JSON.stringify(config));
  return writePatchModel(path.join(onnx, 'model.onnx'), options);
}

const CLIP = {
  crop_size: { height: SIZE, width: SIZE },
  do_center_crop: true,
  do_normalize: true,
  do_rescale: true,
  do_resize: true,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  resample: 3,
  rescale_factor: 0.00392156862745098,
  size: { shortest_edge: SIZE + 8 },
};

test('an entry is read from the file and the preprocessor_config.json above it, and fits', async () => {
  const file = await published('Clip.ViT_B-32', CLIP);
  const { name, entry, guesses } = await proposeModel(file);
  assert.equal(name, 'clip-vit_b-32');
  assert.equal(entry.sha256, await sha256Of(file));
  assert.deepEqual(entry.preprocessing, {
    size: SIZE,
    resize: 'bicubic',
    fit: 'crop',
    shortestEdge: SIZE + 8,
    channels: 'rgb',
    white: 1,
    mean: CLIP.image_mean,
    std: CLIP.image_std,
  });
  assert.deepEqual(entry.output, { name: 'pooled', take: 'pooled', dims: DIMS });
  assert.match(guesses.join('\n'), /Of the outputs pooled, tokens, map, column the first one is taken/);
  const { tensors } = await resolveModel(name, { custom: { [name]: entry } });
  assert.equal(tensors?.output.dims, DIMS);
});

test('without a configuration beside it, what was guessed is said', async () => {
  const { entry, guesses } = await proposeModel(await published('plain', undefined, { layout: 'nhwc' }), {
    name: 'mine',
  });
  assert.equal(entry.preprocessing.size, SIZE);
  assert.match(guesses.join('\n'), /no preprocessor_config\.json/);
});

test('a length that the file does not say is found by running it, or has to be given', async () => {
  const file = await published('vague', CLIP, { isVague: true });
  await assert.rejects(proposeModel(file), { code: 'MODEL_MISMATCH', message: /give --dims/ });
  assert.equal((await proposeModel(file, { dims: DIMS })).entry.output.dims, DIMS);
  assert.equal((await proposeModel(file, { shapeOf: outputShape })).entry.output.dims, DIMS);
});

test('an address is downloaded once, and its checksum written down', async () => {
  const file = await published('remote');
  const server = await serveWeights(readFileSync(file));
  // The server gives the model under every path: what lies beside it is no JSON.
  server.faults.push(
    () => false,
    (_, response) => Boolean(response.writeHead(404).end()),
    (_, response) => Boolean(response.writeHead(200).end(JSON.stringify(CLIP))),
  );
  try {
    const cacheDir = path.join(folder, 'cache');
    const { name, entry } = await proposeModel(`${server.url}/org/my-model/onnx/model.onnx`, { cacheDir });
    assert.equal(name, 'my-model');
    assert.deepEqual(
      server.requests.map(({ url }) => url),
      [
        '/org/my-model/onnx/model.onnx',
        '/org/my-model/onnx/preprocessor_config.json',
        '/org/my-model/preprocessor_config.json',
      ],
    );
    assert.equal(entry.preprocessing.shortestEdge, SIZE + 8);
    assert.equal(entry.sha256, await sha256Of(file));
  } finally {
    await server.close();
  }
});

test('a name that cannot be one is refused', async () => {
  const file = await published('named');
  await assert.rejects(proposeModel(file, { name: 'My Model' }), { message: /--name/ });
});

const CONFIGS: Array<[what: string, config: object, expected: object]> = [
  [
    'ViT: squashed, bilinear, on -1…1',
    { size: { height: 224, width: 224 }, resample: 2, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] },
    { size: 224, fit: 'squash', resize: 'bilinear', white: 1, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  ],
  ['an old one, with a number', { size: 224, resample: 2 }, { size: 224, fit: 'squash', resize: 'bilinear', white: 1 }],
  [
    'an old CLIP: a number and a crop',
    { size: 256, crop_size: 224, do_center_crop: true, resample: 3 },
    { size: 224, fit: 'crop', shortestEdge: 256, resize: 'bicubic', white: 1 },
  ],
  [
    'values that are not scaled',
    { size: 224, do_rescale: false, image_mean: [123, 117, 104], image_std: [1, 1, 1] },
    { size: 224, fit: 'squash', white: 255, mean: [123, 117, 104], std: [1, 1, 1] },
  ],
  [
    'values that are only scaled',
    { size: 224, do_normalize: false },
    { size: 224, fit: 'squash', white: 1, mean: [0, 0, 0], std: [1, 1, 1] },
  ],
];

for (const [what, config, expected] of CONFIGS) {
  test(`preprocessor_config.json: ${what}`, () => assert.deepEqual(preprocessingFrom(config), expected));
}

const UNUSABLE: Array<[config: object, message: RegExp]> = [
  [{ size: { height: 224, width: 112 } }, /`size`.*only squares/],
  [{ resample: 4 }, /`resample`/],
  [{ rescale_factor: 1 / 127.5 }, /`rescale_factor`/],
  [{ size: { height: 256, width: 256 }, do_center_crop: true, crop_size: 224 }, /`crop_size`/],
  [{ image_mean: [1] }, /`image_mean`/],
];

for (const [config, message] of UNUSABLE) {
  test(`preprocessor_config.json that cannot be followed: ${JSON.stringify(config)}`, () => {
    assert.throws(() => preprocessingFrom(config), { code: 'MODEL_MISMATCH', message });
  });
}
