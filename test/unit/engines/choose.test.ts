import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseEngine } from '../../../plugin/engines/choose';
import type { EngineFactory, EngineSession } from '../../../plugin/engines/engine';
import type { Preprocessing } from '../../../plugin/models/model';

const preprocessing: Preprocessing = {
  size: 8,
  resize: 'lanczos3',
  channels: 'rgb',
  mean: [127, 127, 127],
  std: [128, 128, 128],
};
const OPTIONS = { modelPath: 'model.onnx', threads: 1, batchSize: 4, preprocessing };

type Fake = 'works' | 'computes something else' | 'has no memory' | 'is lost' | 'is not there';

/** Engines by name and kind of device; one that is not named is not there. */
function setUp(fakes: Record<string, Fake>) {
  const disposed: string[] = [];
  const sizes: number[] = [];
  const factoryOf =
    (engine: string): EngineFactory =>
    async ({ devices }) => {
      const name = `${engine}:${devices}`;
      const fake = fakes[name] ?? 'is not there';
      if (fake === 'is not there') throw new Error(`${name} is not there\nPossible causes:`);
      const sign = fake === 'works' ? 1 : -1;
      const session: EngineSession = {
        engine,
        device: devices === 'gpu' ? 'cuda' : 'cpu',
        input: engine === 'onnxruntime' ? 'pixels' : 'floats',
        async run(batch, n) {
          if (fake === 'has no memory' || fake === 'is lost') throw new Error(`${name} ${fake}`);
          if (devices === 'gpu') sizes.push(n);
          // Pixels and floats of the same picture give the same sign.
          const first = (picture: number) => sign * Math.sign(batch[(picture * batch.length) / n] - 200);
          return { embedding: Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? first(i / 2) : 0.5)) };
        },
        async dispose() {
          if (fake === 'is lost') throw new Error(`${name} cannot be closed`);
          disposed.push(name);
        },
      };
      return session;
    };
  return { choose: (name: string) => chooseEngine(name, OPTIONS, factoryOf), disposed, sizes };
}

async function chosen(name: string, fakes: Record<string, Fake>) {
  const { choose, disposed } = setUp(fakes);
  const { session, skipped } = await choose(name);
  return { is: `${session.engine}:${session.device}`, skipped, disposed };
}

test('a GPU comes before a CPU, onnxruntime before TensorFlow; what is passed over is named with its reason', async () => {
  const all: Record<string, Fake> = {
    'onnxruntime:gpu': 'works',
    'tensorflow:gpu': 'works',
    'onnxruntime:cpu': 'works',
    'tensorflow:cpu': 'works',
  };
  assert.deepEqual((await chosen('auto', all)).is, 'onnxruntime:cuda');
  const second = await chosen('auto', { ...all, 'onnxruntime:gpu': 'is not there' });
  assert.equal(second.is, 'tensorflow:cuda');
  assert.deepEqual(second.skipped, ['onnxruntime on gpu: onnxruntime:gpu is not there']);
  assert.equal((await chosen('auto', { 'tensorflow:cpu': 'works' })).is, 'tensorflow:cpu');
  assert.equal(
    (await chosen('tensorflow', { 'onnxruntime:cpu': 'works', 'tensorflow:cpu': 'works' })).is,
    'tensorflow:cpu',
  );
  assert.equal((await chosen('onnxruntime:cpu', all)).is, 'onnxruntime:cpu');
});

test('a GPU that gives different embeddings from the CPU is given up', async () => {
  const { is, skipped, disposed } = await chosen('auto', {
    'onnxruntime:gpu': 'computes something else',
    'onnxruntime:cpu': 'works',
  });
  assert.equal(is, 'onnxruntime:cpu');
  assert.match(skipped[0], /^onnxruntime on gpu: cuda gives different embeddings from the CPU$/);
  assert.deepEqual(disposed, ['onnxruntime:cpu', 'onnxruntime:gpu']);
});

test('a GPU that cannot run the model is given up, and its memory given back', async () => {
  const { is, skipped, disposed } = await chosen('auto', {
    'onnxruntime:gpu': 'has no memory',
    'onnxruntime:cpu': 'works',
  });
  assert.equal(is, 'onnxruntime:cpu');
  assert.deepEqual(skipped, [
    'onnxruntime on gpu: onnxruntime:gpu has no memory',
    'tensorflow on gpu: tensorflow:gpu is not there',
  ]);
  assert.deepEqual(disposed, ['onnxruntime:cpu', 'onnxruntime:gpu']);
});

test('a GPU that cannot even be closed is passed over for the reason that it failed for', async () => {
  const { is, skipped } = await chosen('auto', { 'onnxruntime:gpu': 'is lost', 'onnxruntime:cpu': 'works' });
  assert.equal(is, 'onnxruntime:cpu');
  assert.equal(skipped[0], 'onnxruntime on gpu: onnxruntime:gpu is lost');
});

test('on a GPU every batch is full: one of another size would make it look for its fastest way again', async () => {
  const { choose, sizes } = setUp({ 'onnxruntime:gpu': 'works', 'onnxruntime:cpu': 'works' });
  const { session } = await choose('auto');
  const values = 3 * preprocessing.size ** 2;
  for (const n of [1, 3, 4, 9]) {
    const pictures = Uint8Array.from({ length: n * values }, (_, i) => (Math.floor(i / values) % 2 === 0 ? 250 : 100));
    const { embedding } = await session.run(pictures, n);
    const wanted = Array.from({ length: n }, (_, i) => [i % 2 === 0 ? 1 : -1, 0.5]).flat();
    assert.deepEqual([...embedding], wanted, `${n} pictures`);
  }
  assert.deepEqual(sizes, Array(7).fill(4));
});

test('when nothing works, the failure of onnxruntime on the CPU is told; a name that is in no table is refused', async () => {
  await assert.rejects(setUp({}).choose('auto'), /^Error: onnxruntime:cpu is not there/);
  await assert.rejects(setUp({}).choose('tensorflow'), /^Error: tensorflow:gpu is not there/);
  await assert.rejects(chooseEngine('toaster', OPTIONS), { code: 'INVALID_CONFIG' });
});
