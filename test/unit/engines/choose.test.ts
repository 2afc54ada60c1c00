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
const OPTIONS = { modelPath: 'model.onnx', threads: 1, preprocessing };

type Fake = 'works' | 'computes something else' | 'is not there';

/** Engines by name and kind of device; one that is not named is not there. */
function setUp(fakes: Record<string, Fake>) {
  const disposed: string[] = [];
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
        // Pixels and floats of the same picture give the same sign.
        run: async (batch) => ({ embedding: Float32Array.of(sign * batch.length, 1) }),
        dispose: async () => void disposed.push(name),
      };
      return session;
    };
  return { choose: (name: string) => chooseEngine(name, OPTIONS, factoryOf), disposed };
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

test('when nothing works, the failure of onnxruntime on the CPU is told; a name that is in no table is refused', async () => {
  await assert.rejects(setUp({}).choose('auto'), /^Error: onnxruntime:cpu is not there/);
  await assert.rejects(setUp({}).choose('tensorflow'), /^Error: tensorflow:gpu is not there/);
  await assert.rejects(chooseEngine('toaster', OPTIONS), { code: 'INVALID_CONFIG' });
});
