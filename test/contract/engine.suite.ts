import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { EngineFactory, EngineSession } from '../../plugin/engines/engine';
import { graphBuilder } from '../../plugin/models/graph-builder';
import type { ResolvedModel } from '../../plugin/models/model';
import { readOnnx, writeOnnxModel } from '../../plugin/models/onnx-file';
import { resolveModel } from '../../plugin/models/resolve';
import { cosine, GOLDEN_MISSING, golden, relativeError, toInput } from '../helpers/golden';

export interface EngineSuite {
  name: string;
  factory: EngineFactory;
  /** Why the engine cannot be tested here. */
  skip?: string;
  /** What the session must report. */
  device: RegExp;
  /** Largest relative L2 difference of the same picture in batches of different size. */
  tolerance: number;
}

/** Edge of the pictures of `writeSmallNet`. */
const SMALL = 32;

/** One convolution: so small that a run costs little beside what it leaves behind. */
async function writeSmallNet(file: string): Promise<void> {
  const net = graphBuilder('small');
  const weights = () => Float32Array.from({ length: 4 * 3 * 9 }, (_, i) => Math.sin(i));
  net.conv('conv', 'image', { dims: [4, 3, 3, 3], stride: 4, pad: 1, weights, biases: () => new Float32Array(4) });
  net.relu('features', 'conv');
  await net.write(file, { size: SMALL, dims: 4, map: SMALL / 4 });
}

/** What every engine does. Run by one test file per engine. */
export function engineSuite({ name, factory, skip, device, tolerance }: EngineSuite): void {
  describe(`engine ${name}`, { skip: skip ?? false }, () => {
    let model: ResolvedModel;
    let session: EngineSession;
    let values: number;

    before(async () => {
      model = await resolveModel('efficientnet-lite0');
      values = 3 * model.preprocessing.size ** 2;
      session = await factory({ modelPath: model.path, threads: 2 });
    });
    after(() => session?.dispose());

    /** n different inputs in the range of real ones, the same in every run of the tests. */
    function inputs(n: number): Float32Array {
      const batch = new Float32Array(n * values);
      let state = 42;
      for (let i = 0; i < batch.length; i++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        // Blocks of equal values: noise alone gives nearly the same embedding each time.
        batch[i] = i % 37 === 0 || i % values === 0 ? (state / 2 ** 32) * 2 - 1 : batch[i - 1];
      }
      return batch;
    }
    const row = (data: Float32Array, i: number) => data.slice(i * model.dims, (i + 1) * model.dims);

    test('says which device it runs on', () => {
      assert.equal(session.engine, name);
      assert.match(session.device, device);
    });

    test('gives one finite embedding per picture', async () => {
      for (const n of [1, 3]) {
        const { embedding } = await session.run(inputs(n), n);
        assert.ok(embedding instanceof Float32Array);
        assert.equal(embedding.length, n * model.dims);
        assert.ok(embedding.every(Number.isFinite));
        assert.ok(embedding.some((value) => value !== 0));
      }
    });

    test('the mean of the feature map is the embedding', async () => {
      const { embedding, features } = await session.run(inputs(2), 2, { features: true });
      const cells = (features?.length ?? 0) / embedding.length;
      assert.equal(cells, 49);
      const means = Float32Array.from(embedding, (_, at) => {
        const map = (features as Float32Array).subarray(at * cells, (at + 1) * cells);
        return map.reduce((total, value) => total + value, 0) / cells;
      });
      assert.ok(relativeError(means, embedding) <= 1e-4);
    });

    test('takes a view into a larger batch', async () => {
      const batch = inputs(4);
      const whole = await session.run(batch, 4);
      const part = await session.run(batch.subarray(values, 3 * values), 2);
      assert.ok(relativeError(part.embedding, whole.embedding.slice(model.dims, 3 * model.dims)) <= tolerance);
    });

    test('an embedding does not depend on its neighbours in the batch', async () => {
      const batch = inputs(5);
      const together = (await session.run(batch, 5)).embedding;
      for (let i = 0; i < 5; i++) {
        const { embedding } = await session.run(batch.slice(i * values, (i + 1) * values), 1);
        assert.ok(relativeError(embedding, row(together, i)) <= tolerance, `picture ${i}`);
        if (i > 0) assert.ok(cosine(row(together, i), row(together, i - 1)) < 0.999, 'pictures differ');
      }
    });

    test('the same batch gives the same embeddings', async () => {
      const batch = inputs(2);
      const first = (await session.run(batch, 2)).embedding.slice();
      const second = (await session.run(batch, 2)).embedding;
      assert.deepEqual(second, first);
    });

    test('an earlier result keeps its values', async () => {
      const batch = inputs(2);
      const { embedding } = await session.run(batch.subarray(0, values), 1);
      const before = embedding.slice();
      await session.run(batch.subarray(values), 1);
      assert.deepEqual(embedding, before);
    });

    test('runs that are asked for at once all get their own answer', async () => {
      const batch = inputs(3);
      const expected = (await session.run(batch, 3)).embedding;
      const answers = await Promise.all(
        [0, 1, 2].map((i) => session.run(batch.slice(i * values, (i + 1) * values), 1)),
      );
      for (const [i, { embedding }] of answers.entries()) {
        assert.ok(relativeError(embedding, row(expected, i)) <= tolerance);
      }
    });

    test('memory does not grow from run to run', async (t) => {
      const { memory } = session;
      if (!memory) return t.skip('its runtime does not count what it holds');
      const batch = inputs(2);
      await session.run(batch, 2);
      const before = memory();
      for (let i = 0; i < 5; i++) await session.run(batch, 2);
      assert.deepEqual(memory(), before);
    });

    test('10,000 batches leave nothing behind', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'similar-engine-'));
      try {
        const modelPath = path.join(folder, 'small.onnx');
        await writeSmallNet(modelPath);
        const small = await factory({ modelPath, threads: 1 });
        const batch = new Float32Array(2 * 3 * SMALL ** 2).fill(0.5);
        const runs = async (count: number) => {
          for (let i = 0; i < count; i++) await small.run(batch, 2, { features: i % 2 === 0 });
        };
        await runs(500);
        const [counted, before] = [small.memory?.(), process.memoryUsage.rss()];
        await runs(10_000);
        const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
        assert.deepEqual(small.memory?.(), counted);
        // One forgotten input a run would be 234 MiB.
        assert.ok(grown < 100, `${grown.toFixed(0)} MiB more`);
        await small.dispose();
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    test('a disposed session frees its memory, and another one is not touched by that', async () => {
      const before = session.memory?.();
      const other = await factory({ modelPath: model.path, threads: 1 });
      await other.run(inputs(1), 1);
      await other.dispose();
      assert.deepEqual(session.memory?.(), before);
      assert.equal((await session.run(inputs(1), 1)).embedding.length, model.dims);
    });

    test('the order of the outputs in the file does not matter', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'similar-engine-'));
      try {
        const [one, other] = ['one.onnx', 'other.onnx'].map((name) => path.join(folder, name));
        await writeSmallNet(one);
        const { graph, ...head } = await readOnnx(one);
        await writeOnnxModel(other, { ...head, graph: { ...graph, output: graph.output.toReversed() } });
        const outputs = [];
        for (const modelPath of [one, other]) {
          const small = await factory({ modelPath, threads: 1 });
          const batch = Float32Array.from({ length: 3 * SMALL ** 2 }, (_, i) => Math.cos(i));
          outputs.push((await small.run(batch, 1)).embedding.slice());
          const { embedding, features } = await small.run(batch, 1, { features: true });
          assert.equal(features?.length, 4 * (SMALL / 4) ** 2);
          outputs.push(embedding.slice());
          await small.dispose();
        }
        for (const embedding of outputs) assert.deepEqual(embedding, outputs[0]);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    test('a file that is no model is refused with causes and remedies', async () => {
      await assert.rejects(factory({ modelPath: __filename, threads: 1 }), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'ENGINE_UNAVAILABLE');
        assert.match(error.message, new RegExp(`Engine ${name} .*\nPossible causes:\n- .+ → .+`));
        return true;
      });
    });

    const entries = golden();
    test('golden embeddings: cosine ≥ 0.9999', { skip: entries ? false : GOLDEN_MISSING }, async () => {
      for (const { png, efficientnet_lite0 } of entries ?? []) {
        const { embedding } = await session.run(await toInput(png, model.preprocessing), 1);
        assert.ok(cosine(embedding, efficientnet_lite0) >= 0.9999, png);
      }
    });
  });
}
