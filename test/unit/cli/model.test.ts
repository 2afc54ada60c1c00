import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { sha256Of } from '../../../plugin/files/sha256';
import { cli } from '../../helpers/cli';
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
  [[], /Expected one of list, pull, verify but received ""/],
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
