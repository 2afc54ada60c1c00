import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { listModels, pullModel, verifyModel } from '../../../plugin/models/manage';
import type { ModelOptions, ModelProgress } from '../../../plugin/models/options';
import { modelEntry } from '../../../plugin/models/registry';
import { resolveModel } from '../../../plugin/models/resolve';
import { spaceOf } from '../../../plugin/models/space';
import { sharedDir } from '../../helpers/shared';
import { fault, serveWeights, type WeightsServer } from '../../helpers/weights-server';

const shared = sharedDir();
const skip = !shared && 'needs ../shared/models/resnet50_synthetic_notop.h5, which is not there';
const FILE_NAME = 'resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5';

describe('resnet50', { skip }, () => {
  const weights = path.join(shared ?? '', 'models/resnet50_synthetic_notop.h5');
  let folder: string;
  let server: WeightsServer;
  let sha256: string;
  let options: ModelOptions;
  let onnx: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'similar-resolve-'));
    const body = await readFile(weights);
    sha256 = createHash('sha256').update(body).digest('hex');
    server = await serveWeights(body);
    options = { cacheDir: path.join(folder, 'cache'), mirror: `${server.url}/mirror`, sha256, backoffMs: 5 };
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('is absent before it was pulled, and cannot be had offline', async () => {
    const listed = (await listModels(options)).find(({ name }) => name === 'resnet50');
    assert.equal(listed?.state, 'absent');
    assert.equal((await verifyModel('resnet50', options))[0].state, 'absent');
    await assert.rejects(resolveModel('resnet50', { ...options, offline: true }), {
      code: 'MODEL_UNAVAILABLE',
      message: new RegExp(`${FILE_NAME}.*offline`),
    });
    assert.equal(server.requests.length, 0);
  });

  it('is fetched and converted once when two processes want it', async () => {
    // The holder is slowed down, so that the other one has to wait.
    server.faults.push(fault.stallAfter(1_000_000));
    const children = [1, 2].map(() => {
      const child = fork(path.join(__dirname, '../../helpers/resolve-process.ts'), { serialization: 'advanced' });
      child.send({ name: 'resnet50', options: { ...options, timeoutMs: 1_500 } });
      return once(child, 'message');
    });
    const [[first], [second]] = await Promise.all(children);
    assert.equal(first.error, undefined);
    assert.deepEqual(second, first);
    onnx = first.path;
    assert.deepEqual(
      server.requests.map(({ url, range }) => [url, range]),
      [
        [`/mirror/${FILE_NAME}`, undefined],
        [`/mirror/${FILE_NAME}`, 'bytes=1000000-'],
      ],
    );
    const names = await readdir(options.cacheDir!);
    assert.deepEqual(
      names.sort(),
      ['-c1.json', '-c1.onnx', '.h5'].map((end) => `resnet50-${sha256.slice(0, 12)}${end}`),
    );
  });

  it('comes from the cache without any request', async () => {
    server.requests.length = 0;
    const model = await resolveModel('resnet50', options);
    const offline = await resolveModel('resnet50', { ...options, offline: true });
    assert.equal(model.path, onnx);
    assert.deepEqual(offline, model);
    assert.equal(server.requests.length, 0);
    assert.equal((await verifyModel('resnet50', options))[0].state, 'ok');
    assert.equal((await listModels(options)).find(({ name }) => name === 'resnet50')?.path, onnx);
  });

  it('has a space that tells other weights and another resampling apart', async () => {
    const { space, nearest } = {
      space: spaceOf(await resolveModel('resnet50', options)),
      nearest: spaceOf(await resolveModel('resnet50', { ...options, resize: 'nearest' })),
    };
    assert.deepEqual(space, { id: `resnet50@1+${sha256.slice(0, 8)}/lanczos3`, model: 'resnet50', dims: 2048 });
    assert.equal(nearest.id, `resnet50@1+${sha256.slice(0, 8)}/nearest`);
    const published = (await listModels()).find(({ name }) => name === 'resnet50')!;
    assert.equal(spaceOf(published).id, 'resnet50@1/lanczos3');
  });

  it('is converted again, offline, when the converted file is damaged', async () => {
    const good = await readFile(onnx);
    const file = await open(onnx, 'r+');
    await file.write(Buffer.from([1, 2, 3]), 0, 3, 50_000_000);
    await file.close();
    assert.equal((await verifyModel('resnet50', options))[0].state, 'damaged');
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
    const { sha256: digest } = await resolveModel('resnet50', { ...options, offline: true, log });
    assert.match(warnings.join(), /built again/);
    assert.equal(digest, createHash('sha256').update(good).digest('hex'));
    assert.ok((await readFile(onnx)).equals(good));

    await truncate(onnx, 1_000);
    const leftover = `${onnx}.123-killed.tmp`;
    await writeFile(leftover, 'half a file');
    await resolveModel('resnet50', { ...options, offline: true });
    assert.ok((await readFile(onnx)).equals(good));
    assert.ok(!existsSync(leftover), 'what a killed process left is removed');
  });

  it('is fetched again when the cached weights are damaged too', async () => {
    await truncate(onnx, 1_000);
    await truncate(onnx.replace('-c1.onnx', '.h5'), 90_000_000);
    const progress: ModelProgress[] = [];
    await pullModel('resnet50', { ...options, onProgress: (step) => progress.push(step) });
    assert.equal(server.requests.length, 1);
    assert.equal(progress[0].phase, 'download');
    assert.deepEqual(progress.at(-1), { phase: 'convert' });
    assert.equal((await verifyModel('resnet50', options))[0].state, 'ok');
  });

  it('is taken from a named file, and from a folder that holds it', async () => {
    server.requests.length = 0;
    const named = path.join(folder, 'named');
    await mkdir(named);
    await copyFile(weights, path.join(named, FILE_NAME));
    for (const [i, where] of [named, path.join(named, FILE_NAME)].entries()) {
      const cacheDir = path.join(folder, `cache${i}`);
      const model = await resolveModel('resnet50', { cacheDir, path: where, sha256, offline: true });
      assert.equal(path.dirname(model.path), cacheDir);
      assert.ok(!(await readdir(cacheDir)).some((name) => name.endsWith('.h5')), 'the weights are not copied');
      await rm(cacheDir, { recursive: true });
    }
    assert.equal(server.requests.length, 0);
  });

  it('is not taken from a file that is not the published one, unless its checksum is configured', async () => {
    const cacheDir = path.join(folder, 'refused');
    await assert.rejects(resolveModel('resnet50', { cacheDir, path: weights }), (error: Error & { code: string }) => {
      assert.equal(error.code, 'MODEL_DAMAGED');
      assert.match(error.message, /Expected SHA-256 66c8b43daff3.* received .*models\.sha256/);
      assert.ok(error.message.includes(sha256));
      return true;
    });
    await assert.rejects(resolveModel('resnet50', { cacheDir, path: '/no/such/file.h5' }), {
      code: 'MODEL_UNAVAILABLE',
      message: /names \/no\/such\/file\.h5, which cannot be read/,
    });
    assert.deepEqual(await readdir(cacheDir), []);
  });

  it('is refused when the file with the configured checksum is no ResNet50', async () => {
    const other = path.join(folder, 'other.h5');
    await writeFile(other, 'not a weights file');
    const digest = createHash('sha256').update('not a weights file').digest('hex');
    const cacheDir = path.join(folder, 'invalid');
    const request = resolveModel('resnet50', { cacheDir, path: other, sha256: digest });
    await assert.rejects(request, { code: 'WEIGHTS_INVALID', message: /no HDF5 file/ });
    assert.deepEqual(await readdir(cacheDir), []);
  });

  it('stops when asked to', async () => {
    const cacheDir = path.join(folder, 'stopped');
    const onProgress = () => setTimeout(() => abort.abort(new Error('stop')), 300);
    const abort = new AbortController();
    await assert.rejects(
      resolveModel('resnet50', { cacheDir, path: weights, sha256, onProgress, signal: abort.signal }),
    );
    assert.ok(!(await readdir(cacheDir)).some((name) => name.endsWith('.onnx') || name.endsWith('.lock')));
  });

  it('says so when the cache cannot be written', async () => {
    const file = path.join(folder, 'a-file');
    await writeFile(file, '');
    await assert.rejects(resolveModel('resnet50', { ...options, cacheDir: path.join(file, 'cache') }), {
      code: 'MODEL_UNAVAILABLE',
      message: /models\.cacheDir/,
    });
  });
});

describe('registry', () => {
  it('pins the file that Keras publishes', () => {
    const { source, preprocessing } = modelEntry('resnet50');
    assert.ok(source.kind === 'keras' && source.url.endsWith(`/keras-applications/resnet/${FILE_NAME}`));
    assert.equal(source.bytes, 94_765_736);
    assert.deepEqual([preprocessing.channels, ...preprocessing.mean], ['bgr', 103.939, 116.779, 123.68]);
  });

  it('lists the bundled model with its file', async () => {
    const [model] = await listModels();
    assert.equal(model.state, 'bundled');
    assert.equal(model.bytes, 6_763_453);
    assert.deepEqual(await verifyModel(model.name).then(([{ state, files }]) => [state, files.length]), ['ok', 1]);
  });
});
