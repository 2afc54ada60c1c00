import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { sha256Of } from '../../../plugin/files/sha256';
import { cli } from '../../helpers/cli';
import { DIMS, SIZE, writePatchModel } from '../../helpers/patch-model';
import { sharedDir } from '../../helpers/shared';

let dir: string;
before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'similar-cli-model-'));
});
after(() => rm(dir, { recursive: true, force: true }));

const model = (...args: string[]) => cli(['model', ...args], { SIMILAR_MODEL_CACHE: dir, SIMILAR_MODEL_PATH: '' });

test('list names every model and whether it is here', async () => {
  const plain = await model('list');
  assert.equal(plain.code, 0, plain.err);
  assert.match(plain.out, /^efficientnet-lite0 +bundled +1280 numbers, Apache-2\.0$/m);
  assert.match(plain.out, /^resnet50 +absent /m);
  const json = JSON.parse((await model('list', '--json')).out);
  assert.deepEqual(json[0].state, 'bundled');
  assert.ok(json[0].bytes > 1e6);
});

test('verify passes whole models, and fails for one that is asked for and not here', async () => {
  const all = await model('verify');
  assert.equal(all.code, 0, all.err);
  assert.match(all.out, /^efficientnet-lite0 +ok$/m);
  const absent = await model('verify', 'resnet50', '--json');
  assert.equal(absent.code, 1);
  assert.deepEqual(JSON.parse(absent.out), [{ name: 'resnet50', state: 'absent', files: [] }]);
});

test('pull says what is missing when the network may not be used', async () => {
  const { code, err } = await model('pull', 'resnet50', '--offline');
  assert.equal(code, 1);
  assert.match(err, /\[MODEL_UNAVAILABLE\]/);
  assert.doesNotMatch(err, /\n {4}at /, 'no stack');
});

const shared = sharedDir();
const weights = shared && path.join(shared, 'models/resnet50_synthetic_notop.h5');

test('pull converts a named file; damage to the result is found', {
  skip: !weights && 'needs ../shared/models/resnet50_synthetic_notop.h5, which is not there',
}, async () => {
  const file = path.join(dir, 'resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5');
  await copyFile(weights as string, file);
  const sha256 = ['--sha256', await sha256Of(file)];
  const pulled = await model('pull', 'resnet50', '--path', dir, ...sha256, '--json');
  assert.equal(pulled.code, 0, pulled.err);
  assert.match(pulled.err, /Converting resnet50/);
  const { path: onnx } = JSON.parse(pulled.out);

  const whole = await model('verify', 'resnet50', ...sha256);
  assert.equal(whole.code, 0, whole.out);
  // Nobody has to know the checksum to see what is here.
  const listed = await model('list');
  assert.match(listed.out, /^resnet50 +absent +2048 numbers, /m);
  assert.match(listed.out, /^resnet50 +cached +2048 numbers, other weights \(SHA-256 [0-9a-f]{8}…\)$/m);
  const found = await model('verify', 'resnet50');
  assert.equal(found.code, 0, found.out);
  assert.match(found.out, /^resnet50 +ok +other weights/m);

  await writeFile(onnx, 'x', { flag: 'r+' });
  const damaged = await model('verify', 'resnet50', ...sha256);
  assert.equal(damaged.code, 1);
  assert.match(damaged.out, /^resnet50 +damaged +other weights/m);
  assert.match(damaged.out, /expected [0-9a-f]{64}\n +received [0-9a-f]{64}/);
});

for (const [args, message] of [
  [[], /Expected one of list, pull, verify, add, try but received ""/],
  [['push'], /received "push"/],
  [['pull'], /Expected the name of a model/],
  [['list', 'resnet50'], /Unexpected argument "resnet50"/],
  [['verify', 'a', 'b'], /Unexpected argument "b"/],
] as const) {
  test(`wrong usage ends with 2: model ${args.join(' ')}`, async () => {
    const { code, out, err } = await model(...args);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, message);
  });
}

test('an unknown model ends with 1 and the names there are', async () => {
  for (const action of ['pull', 'verify']) {
    const { code, err } = await model(action, 'nonesuch');
    assert.equal(code, 1);
    assert.match(err, /efficientnet-lite0, resnet50.*\[UNKNOWN_MODEL\]/);
  }
});

test('add prints an entry that folder and try can use', async () => {
  const file = await writePatchModel(path.join(dir, 'my-patches.onnx'));
  const added = await model('add', file);
  assert.equal(added.code, 0, added.err);
  assert.match(added.err, /no preprocessor_config\.json/);
  assert.match(added.err, /its vectors have numbers, and differ/);
  const printed = JSON.parse(added.out);
  assert.equal(printed.model, 'my-patches');
  const { preprocessing, output, sha256 } = printed.models.custom['my-patches'];
  assert.deepEqual([preprocessing.size, output.dims, sha256], [SIZE, DIMS, await sha256Of(file)]);

  const entry = path.join(dir, 'entry.json');
  await writeFile(entry, added.out);
  const pictures = path.join(dir, 'pictures');
  await mkdir(pictures);
  const names = ['one', 'two', 'three'];
  for (const [i, name] of names.entries()) {
    const raw = Buffer.from(Array.from({ length: 64 * 48 * 3 }, (_, at) => (at * (7 + 24 * i)) % 256));
    await sharp(raw, { raw: { width: 64, height: 48, channels: 3 } })
      .png()
      .toFile(path.join(pictures, `${name}.png`));
  }
  const env = { XDG_CACHE_HOME: dir };
  const found = await cli(
    ['folder', pictures, '--query', path.join(pictures, 'one.png'), '--entry', entry, '--json'],
    env,
  );
  assert.equal(found.code, 0, found.err);
  const json = JSON.parse(found.out);
  assert.deepEqual([json.model, json.size, json.neighbours.length], ['my-patches', 3, 2]);

  const html = path.join(dir, 'beside.html');
  const tried = await model('try', entry, pictures, '--html', html);
  assert.equal(tried.code, 0, tried.err);
  assert.equal(tried.out.trim(), html);
  const page = await readFile(html, 'utf8');
  for (const text of ['my-patches', 'efficientnet-lite0', ...names]) assert.ok(page.includes(text), text);
  assert.equal(page.match(/<article>/g)?.length, 3);
  assert.equal(page.match(/data:image/g)?.length, 3 * (1 + 2 + 2));
});

test('add and try say what they were not given, and what cannot be used', async () => {
  const wrong: Array<[args: string[], message: RegExp]> = [
    [['add'], /path or the URL of an ONNX file/],
    [['add', dir], /found a folder.*MODEL_UNAVAILABLE/],
    [['add', 'x.onnx', '--mirror', 'https://example.com'], /--mirror is not for "model add"/],
    [['list', '--dims', '3'], /--dims is not for "model list"/],
    [['add', 'x.onnx', '--dims', 'many'], /--dims but received "many"/],
    [['try'], /"model add" has printed, and a folder/],
    [['try', path.join(dir, 'nowhere.json'), dir], /model entry.*nowhere\.json/],
    [['try', 'a', 'b', 'c'], /Unexpected argument "c"/],
  ];
  for (const [args, message] of wrong) {
    const { code, err } = await model(...args);
    assert.notEqual(code, 0, args.join(' '));
    assert.match(err, message);
  }
  const odd = path.join(dir, 'odd.json');
  await writeFile(odd, '{"model": "mine"}');
  assert.match((await model('try', odd, dir)).err, /Expected what "model add" prints in .*odd\.json, but models/);
});
