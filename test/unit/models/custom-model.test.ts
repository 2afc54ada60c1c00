import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { configSchema } from '../../../plugin/contracts/config';
import { createEmbedder } from '../../../plugin/embedder/embedder';
import { createTensorflowEngine } from '../../../plugin/engines/tensorflow';
import { sha256Of } from '../../../plugin/files/sha256';
import { customEntry } from '../../../plugin/models/custom-model';
import { listModels, verifyModel } from '../../../plugin/models/manage';
import { resolveModel } from '../../../plugin/models/resolve';
import { spaceOf } from '../../../plugin/models/space';
import type { Records } from '../../../plugin/ports';
import { configuredSpace } from '../../../plugin/spaces/model-space';
import { pinned } from '../../../plugin/spaces/pinned-file';
import { cosine } from '../../../plugin/vectors/cosine';
import { DIMS, type PatchModel, SIZE, writePatchModel } from '../../helpers/patch-model';
import { quiet } from '../../helpers/pipeline';
import { serveWeights } from '../../helpers/weights-server';

const folder = mkdtempSync(path.join(tmpdir(), 'similar-custom-'));
after(() => rmSync(folder, { recursive: true }));

const picture = path.join(folder, 'picture.png');
const other = path.join(folder, 'other.png');
before(async () => {
  const drawn = (stripe: number) =>
    sharp(Buffer.from(Array.from({ length: 40 * 50 * 3 }, (_, i) => (i * stripe) % 256)), {
      raw: { width: 40, height: 50, channels: 3 },
    }).png();
  await drawn(7).toFile(picture);
  await drawn(31).toFile(other);
});

let files = 0;
const modelFile = (options?: PatchModel) => writePatchModel(path.join(folder, `${files++}.onnx`), options);

interface Entry {
  [key: string]: unknown;
  preprocessing?: Record<string, unknown>;
  output?: Record<string, unknown>;
}

const configOf = (entry: Entry, more: Record<string, unknown> = {}) => {
  const { preprocessing, output, ...rest } = entry;
  const mine = { preprocessing: { size: SIZE, ...preprocessing }, output: { dims: DIMS, ...output }, ...rest };
  return configSchema.parse({
    model: 'mine',
    models: { custom: { mine }, cacheDir: path.join(folder, 'cache') },
    ...more,
  });
};

/** What the model makes of the picture, through the embedder's process. */
async function embedded(entry: Entry, engine?: string): Promise<Float32Array> {
  const model = await resolveModel('mine', configOf(entry).models);
  const embedder = createEmbedder({ model, engine, batchSize: 4, threads: 1 });
  try {
    const result = await embedder.embed(picture);
    assert.ok(result.ok, JSON.stringify(result));
    return result.vector;
  } finally {
    await embedder.close();
  }
}

const near = (one: Float32Array, two: Float32Array, least = 0.999999) => {
  const found = cosine(one, two);
  assert.ok(found >= least, `cosine ${found}`);
};

test('any output, layout and type of number gives the same vector, when it is said or can be seen in the file', async () => {
  const wanted = await embedded({ path: await modelFile() });
  assert.equal(wanted.length, DIMS);
  const path = await modelFile();
  near(await embedded({ path, output: { name: 'tokens', take: 'cls' } }), wanted);
  near(await embedded({ path, output: { name: 'tokens', take: 'meanOfPatches' } }), wanted);
  near(await embedded({ path, output: { name: 'map', take: 'map' } }), wanted);
  near(await embedded({ path, output: { name: 'column' } }), wanted);
  near(await embedded({ path: await modelFile({ layout: 'nhwc' }) }), wanted);
  near(await embedded({ path: await modelFile({ type: 'float16' }) }), wanted, 0.9999);
  near(
    await embedded({
      path: await modelFile({ type: 'float16', layout: 'nhwc' }),
      output: { name: 'map', take: 'map' },
    }),
    wanted,
    0.9999,
  );
  near(await embedded({ path: await modelFile({ batch: 1, input: 'x' }) }), wanted);
  near(await embedded({ path: await modelFile({ batch: 3 }), output: { name: 'map', take: 'map' } }), wanted);
  near(await embedded({ path: await modelFile({ isVague: true, layout: 'nhwc' }), input: { layout: 'nhwc' } }), wanted);
});

test('WebAssembly runs it, too; TensorFlow.js says that it does not', async () => {
  const entry = { path: await modelFile({ type: 'float16', batch: 1 }), output: { name: 'tokens', take: 'cls' } };
  near(await embedded(entry, 'wasm'), await embedded(entry), 0.9999);
  const { tensors } = await resolveModel('mine', configOf(entry).models);
  const opening = createTensorflowEngine({ modelPath: entry.path, threads: 1, tensors });
  await assert.rejects(opening, { code: 'ENGINE_UNAVAILABLE', message: /models of this package only/ });
});

test('preprocessing counts: what is said of it changes the vector', async () => {
  const file = await modelFile();
  const wanted = await embedded({ path: file });
  const scaled = (values: number[]) => values.map((value) => value * 255);
  const bytes = { white: 255, mean: scaled([0.485, 0.456, 0.406]), std: scaled([0.229, 0.224, 0.225]) };
  near(await embedded({ path: file, preprocessing: bytes }), wanted);
  for (const preprocessing of [
    { resize: 'nearest' },
    { channels: 'bgr' },
    { mean: [0, 0, 0] },
    { fit: 'crop' },
    { fit: 'crop', shortestEdge: SIZE + 7 },
  ]) {
    const found = cosine(await embedded({ path: file, preprocessing }), wanted);
    assert.ok(found < 0.9999, `${JSON.stringify(preprocessing)}: ${found}`);
  }
});

const MISMATCHES: Array<[what: string, model: PatchModel, entry: Entry, message: RegExp]> = [
  [
    'an output that is not there',
    {},
    { output: { name: 'embedding' } },
    /mine\.output\.name`: expected one of pooled, tokens, map, column but received embedding/,
  ],
  [
    'an input that is not there',
    {},
    { input: { name: 'image' } },
    /mine\.input\.name`: expected one of pixel_values but received image/,
  ],
  ['another size', {}, { preprocessing: { size: 64 } }, /mine\.preprocessing\.size`: expected 32 but received 64/],
  ['other dimensions', {}, { output: { dims: 7 } }, /mine\.output\.dims|output\.dims: expected 7 numbers/],
  [
    'dimensions of tokens',
    {},
    { output: { name: 'tokens', take: 'cls', dims: 7 } },
    /mine\.output\.dims`: expected 6 but received 7/,
  ],
  [
    'a map where there is none',
    {},
    { output: { take: 'map' } },
    /mine\.output\.take`: map takes an output of 4 dimensions, and pooled is \[n, 6\]/,
  ],
  [
    'the wrong layout',
    {},
    { input: { layout: 'nhwc' } },
    /mine\.input\.layout`: pixel_values is \[n, 3, 32, 32\], which has 32 channels as nhwc/,
  ],
  [
    'a model that takes words, too',
    { takesWords: true },
    {},
    /mine\.input\.name`: the file takes pixel_values, input_ids/,
  ],
];

for (const [what, model, entry, message] of MISMATCHES) {
  test(`a mismatch names its key: ${what}`, async () => {
    const { models } = configOf({ path: await modelFile(model), ...entry });
    await assert.rejects(
      async () => {
        await resolveModel('mine', models);
        // What the file does not say shows when the model is tried.
        await embedded({ path: await modelFile(model), ...entry });
      },
      { message },
    );
  });
}

const TROUBLES: Array<[what: string, model: PatchModel, entry: Entry, message: RegExp]> = [
  [
    'a size the file keeps to itself',
    { isVague: true },
    { output: { name: 'pooled', dims: 5 } },
    /output\.dims: expected 5 numbers/,
  ],
  ['numbers that are none', { factor: Number.NaN }, {}, /infinite or none/],
  ['one vector for all pictures', { factor: 1e-6, bias: 1e3 }, {}, /the same vector for two different pictures/],
];

for (const [what, model, entry, message] of TROUBLES) {
  test(`a trial run finds ${what}`, async () => {
    const resolved = await resolveModel('mine', configOf({ path: await modelFile(model), ...entry }).models);
    const embedder = createEmbedder({ model: resolved, batchSize: 2, threads: 1 });
    try {
      await assert.rejects(embedder.embed(picture), { code: 'EMBEDDER_UNAVAILABLE', message });
    } finally {
      await embedder.close();
    }
  });
}

test('what is no ONNX file, or half of one, is said', async () => {
  const whole = await modelFile();
  const half = path.join(folder, 'half.onnx');
  writeFileSync(half, readFileSync(whole).subarray(0, 900));
  for (const file of [half, picture]) {
    await assert.rejects(resolveModel('mine', configOf({ path: file }).models), {
      code: 'MODEL_MISMATCH',
      message: /no ONNX file, or not all of one/,
    });
  }
  for (const file of [folder, path.join(folder, 'nowhere.onnx')]) {
    await assert.rejects(resolveModel('mine', configOf({ path: file }).models), {
      code: 'MODEL_UNAVAILABLE',
      message: /models\.custom\.mine\.path/,
    });
  }
});

test('a model whose vector is the mean of patches or of a map can be explained, others say that they cannot', async () => {
  const file = await modelFile();
  for (const output of [
    { name: 'map', take: 'map' },
    { name: 'tokens', take: 'meanOfPatches' },
  ]) {
    const model = await resolveModel('mine', configOf({ path: file, output }).models);
    const embedder = createEmbedder({ model, batchSize: 2, threads: 1 });
    await embedder.embed(picture);
    const explained = await embedder.explain(picture, other);
    await embedder.close();
    assert.ok(explained.ok, JSON.stringify(explained));
    const { similarity, regions } = explained.explanation;
    const sum = regions.query.reduce((total, share) => total + share, 0);
    assert.ok(Math.abs(sum - similarity) < 1e-5, `${sum} is not ${similarity}`);
    assert.equal(regions.query.length, 16);
  }
  const model = await resolveModel('mine', configOf({ path: file, output: { name: 'tokens', take: 'cls' } }).models);
  const embedder = createEmbedder({ model, batchSize: 2, threads: 1 });
  await embedder.embed(picture);
  const refused = await embedder.explain(picture, other);
  await embedder.close();
  assert.equal(!refused.ok && refused.code, 'NOT_EXPLAINABLE');
});

test('a file is downloaded once, checked where a checksum is given, and found offline', async () => {
  const file = await modelFile();
  const server = await serveWeights(readFileSync(file));
  try {
    const url = `${server.url}/mine.onnx?token=s3cret`;
    const { models } = configOf({ url });
    const first = await resolveModel('mine', models);
    assert.equal(first.sha256, await sha256Of(file));
    assert.deepEqual(await resolveModel('mine', { ...models, offline: true }), first);
    assert.equal(server.requests.length, 1);
    assert.equal(first.origin, `${server.url}/mine.onnx`, 'no secret is shown');
    const wrong = configOf({ url, sha256: 'b'.repeat(64) }).models;
    await assert.rejects(resolveModel('mine', wrong), { code: 'MODEL_DAMAGED', message: /b{64}/ });
    await assert.rejects(resolveModel('mine', { ...configOf({ url: `${server.url}/second` }).models, offline: true }), {
      code: 'MODEL_UNAVAILABLE',
    });
    // A folder cannot be made below a file.
    const refused = { ...configOf({ url: `${server.url}/third` }).models, cacheDir: path.join(file, 'cache') };
    await assert.rejects(resolveModel('mine', refused), { code: 'MODEL_UNAVAILABLE', message: /models\.cacheDir/ });
    const [listed] = (await listModels(models)).filter(({ name }) => name === 'mine');
    assert.deepEqual([listed.state, listed.licence], ['cached', 'not stated']);
    assert.equal((await verifyModel('mine', configOf({ url, sha256: first.sha256 }).models))[0].state, 'absent');
  } finally {
    await server.close();
  }
});

test('another file under the same path is refused, unless its version is raised', async () => {
  const [one, two] = [await modelFile(), await modelFile({ factor: 2 })];
  const file = path.join(folder, 'replaced.onnx');
  copyFileSync(one, file);
  const stored = new Map<string, { revision: number; value: unknown }>();
  const records: Records = {
    read: async (name) => stored.get(name) as never,
    async write(name, value, after) {
      if ((stored.get(name)?.revision ?? 0) !== after) return false;
      stored.set(name, { revision: after + 1, value });
      return true;
    },
  };
  const lines: string[] = [];
  const logger = { ...quiet, info: (line: string) => lines.push(line) };
  const open = (version: number) => {
    const config = configOf({ path: file, version });
    const { space } = configuredSpace(config);
    return pinned({ space, records, logger, resolve: (pinned) => resolveModel('mine', { ...config.models, pinned }) });
  };
  const sha256 = await sha256Of(one);
  assert.equal((await open(1)).sha256, sha256);
  assert.match(lines.join('\n'), new RegExp(`${sha256} from now on`));
  assert.equal((await open(1)).sha256, sha256);
  assert.equal(lines.length, 1, 'it is said once');
  copyFileSync(two, file);
  await assert.rejects(open(1), { code: 'MODEL_DAMAGED', message: /raise `models\.custom\.mine\.version`/ });
  assert.equal((await open(2)).sha256, await sha256Of(two));
});

test('what is said of the model is part of its space; where its file lies is not', () => {
  const spaces = [
    { path: 'a.onnx' },
    { path: 'b.onnx' },
    { url: 'https://example.com/a.onnx', sha256: 'c'.repeat(64) },
    { path: 'a.onnx', licence: 'MIT' },
    { path: 'a.onnx', version: 2 },
    { path: 'a.onnx', preprocessing: { resize: 'bilinear' } },
    { path: 'a.onnx', preprocessing: { fit: 'crop' } },
    { path: 'a.onnx', output: { take: 'cls' } },
  ].map((entry) => configuredSpace(configOf(entry)).space);
  assert.match(spaces[0].id, /^mine@1\+[0-9a-f]{8}\/bicubic$/);
  assert.deepEqual([spaces[0].model, spaces[0].dims], ['mine', DIMS]);
  const ids = spaces.map(({ id }) => id);
  assert.equal(new Set(ids.slice(0, 4)).size, 1);
  assert.equal(new Set(ids).size, 5);
});

test('a space keeps what it needs to have its model again, but no secret of its address', () => {
  const url = 'https://user:s3cret@example.com/mine.onnx?token=s3cret';
  const { recipe, space } = configuredSpace(configOf({ url }));
  assert.doesNotMatch(JSON.stringify(recipe), /s3cret/);
  assert.equal(recipe.custom?.url, 'https://example.com/mine.onnx');
  assert.equal(spaceOf(customEntry('mine', recipe.custom!)).id, space.id);
});

const WRONG: Array<[Entry, Record<string, unknown>, string]> = [
  [{}, {}, 'models.custom.mine'],
  [{ path: 'a', url: 'https://example.com/a' }, {}, 'models.custom.mine'],
  [{ path: 'a', preprocessing: { mean: [123, 116, 103] } }, {}, 'models.custom.mine.preprocessing.mean'],
  [{ path: 'a', preprocessing: { std: [0, 1, 1] } }, {}, 'models.custom.mine.preprocessing.std.0'],
  [{ path: 'a', preprocessing: { shortestEdge: 40 } }, {}, 'models.custom.mine.preprocessing.shortestEdge'],
  [
    { path: 'a', preprocessing: { fit: 'crop', shortestEdge: 20 } },
    {},
    'models.custom.mine.preprocessing.shortestEdge',
  ],
  [{ path: 'a', output: { take: 'first' } }, {}, 'models.custom.mine.output.take'],
  [{ path: 'a' }, { embedders: [{ url: 'http://gpu:7700' }] }, 'models.custom.mine.sha256'],
];

for (const [entry, more, key] of WRONG) {
  test(`a wrong entry names ${key}: ${JSON.stringify({ ...entry, ...more })}`, () => {
    assert.throws(
      () => configOf(entry, more),
      (error: { issues: Array<{ path: PropertyKey[] }> }) => error.issues.some(({ path }) => path.join('.') === key),
    );
  });
}

test('keys of the package’s own models are refused beside one of one’s own', () => {
  const mine = { path: 'a', preprocessing: { size: SIZE }, output: { dims: DIMS } };
  for (const more of [{ resize: 'nearest' }, { path: 'b' }, { sha256: 'a'.repeat(64) }, { precision: 'int8' }]) {
    const parsed = configSchema.safeParse({ model: 'mine', models: { custom: { mine }, ...more } });
    assert.deepEqual(
      parsed.error?.issues.map(({ path }) => path.join('.')),
      [`models.${Object.keys(more)[0]}`],
    );
    assert.ok(configSchema.safeParse({ model: 'resnet50', models: { custom: { mine }, ...more } }).success);
  }
});
