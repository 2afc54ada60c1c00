import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { graphBuilder } from '../../../plugin/models/graph-builder';
import { floatsOf, readOnnx, writeOnnxModel } from '../../../plugin/models/onnx-file';
import { encodeFloat16 } from '../../../plugin/vectors/float16';
import { runOnnx } from '../../helpers/golden';

/** One 1 × 1 convolution on a picture of 2 × 2 pixels: features = relu(w · pixel + b). */
function tinyNet(toWeights?: typeof encodeFloat16, weights = () => Float32Array.of(0.5, 0, 0, 0, -1, 0)) {
  const graph = graphBuilder('tiny', toWeights);
  const shape = { dims: [2, 3, 1, 1] as const, stride: 1, pad: 0, weights, biases: () => Float32Array.of(1, 4) };
  graph.relu('features', graph.conv('conv', 'image', shape));
  return graph;
}

const SHAPE = { size: 2, dims: 2, map: 2 };

describe('ONNX file', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'similar-onnx-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const half of [false, true]) {
    it(`holds a net that onnxruntime runs, weights ${half ? 'float16' : 'float32'}`, async () => {
      const file = path.join(folder, 'tiny.onnx');
      await tinyNet(half ? encodeFloat16 : undefined).write(file, SHAPE);
      const pixels = Float32Array.of(2, 4, 6, 8, /* green */ 0, 2, 4, 6, /* blue */ 9, 9, 9, 9);
      const { embedding, features } = await runOnnx(file, [pixels], 2);
      assert.deepEqual([...features], [2, 3, 4, 5, 4, 2, 0, 0]);
      assert.deepEqual([...embedding], [3.5, 1.5]);
    });
  }

  it('is read back, and written again with the same meaning', async () => {
    const file = path.join(folder, 'half.onnx');
    const again = path.join(folder, 'again.onnx');
    await tinyNet(encodeFloat16).write(file, SHAPE);
    const model = await readOnnx(file);
    assert.deepEqual(
      model.graph.node.map(({ op_type }) => op_type),
      ['Cast', 'Conv', 'Relu', 'GlobalAveragePool', 'Flatten'],
    );
    const [weights, biases] = model.graph.initializer;
    assert.deepEqual(weights.dims, [2, 3, 1, 1]);
    assert.deepEqual([...floatsOf(weights)], [0.5, 0, 0, 0, -1, 0]);
    assert.deepEqual([...floatsOf(biases)], [1, 4]);
    await writeOnnxModel(again, model);
    assert.deepEqual(await readOnnx(again), model);
    const picture = new Float32Array(12).fill(1);
    assert.deepEqual(await runOnnx(again, [picture], 2), await runOnnx(file, [picture], 2));
  });

  it('does not appear when a tensor cannot be read, or has another size', async () => {
    const target = path.join(folder, 'never/tiny.onnx');
    const failing = tinyNet(undefined, () => {
      throw new Error('unreadable');
    });
    await assert.rejects(failing.write(target, SHAPE), { message: 'unreadable' });
    const short = tinyNet(undefined, () => Float32Array.of(1));
    await assert.rejects(short.write(target, SHAPE), { message: /1 values, not those of \[2,3,1,1\]/ });
    assert.deepEqual(await readdir(path.dirname(target)), []);
  });
});
