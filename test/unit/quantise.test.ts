import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { graphBuilder } from '../../plugin/models/graph-builder';
import { type OnnxModel, onnxBytes, readOnnx, writeOnnxModel } from '../../plugin/models/onnx-file';
import { DataType } from '../../plugin/models/onnx-schema';
import { planOf } from '../../plugin/quantise/graph';
import { quantisedModel } from '../../plugin/quantise/qdq';
import { tryWeights } from '../../plugin/quantise/quantiser';
import { calibrationModel, levelsOf, type Ranges, widen } from '../../plugin/quantise/ranges';
import { compare, refusal } from '../../plugin/quantise/verdict';
import { quantiseWeights, type WeightRange } from '../../plugin/quantise/weights';
import { encodeFloat16 } from '../../plugin/vectors/float16';
import { relativeError, runOnnx } from '../helpers/golden';

const SIZE = 8;

/** Numbers from -1 to 1, the same in every run. */
function noise(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin((i + 1) * 12.9898 + seed * 78.233));
}

/** All that the models are made of: a strided and a depthwise convolution, clips, a pool, an addition. */
function smallNet() {
  const graph = graphBuilder('small', encodeFloat16);
  const conv = (output: string, input: string, dims: [number, number, number, number], stride = 1, group = 1) =>
    graph.conv(output, input, {
      dims,
      stride,
      group,
      pad: 'same',
      weights: () => noise(dims[0] * dims[1] * dims[2] * dims[3], output.length),
      biases: () => noise(dims[0], 3),
    });
  let x = graph.relu6('stem_relu', conv('stem', 'image', [16, 3, 3, 3], 2));
  x = graph.maxPool('pool', x, 3, 1, 1);
  const y = graph.relu('depthwise_relu', conv('depthwise', x, [16, 1, 3, 3], 1, 16));
  graph.relu('features', graph.add('add', conv('project', y, [16, 16, 1, 1]), x));
  return graph;
}

const inputs = [1, 2, 3, 4].map((seed) => noise(3 * SIZE * SIZE, seed));

describe('quantisation', () => {
  let folder: string;
  let file: string;
  let model: OnnxModel;
  const ranges: Ranges = {};

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'similar-int8-'));
    file = path.join(folder, 'small.onnx');
    await smallNet().write(file, { size: SIZE, dims: 16, map: 4 });
    model = await readOnnx(file);
    const extended = path.join(folder, 'calibration.onnx');
    await writeOnnxModel(extended, calibrationModel(model));
    for (const input of inputs) {
      const outputs = await runOnnx(extended, [input], SIZE);
      widen(ranges, Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, { data }])));
    }
  });
  after(() => rm(folder, { recursive: true }));

  it('leaves out clips, and covers every tensor between integer operators', () => {
    const { nodes, activations, pooled } = planOf(model);
    assert.deepEqual(
      nodes.map(({ op_type }) => op_type),
      ['Conv', 'MaxPool', 'Conv', 'Conv', 'Add', 'GlobalAveragePool', 'Flatten'],
    );
    assert.deepEqual(activations, ['image', 'stem_relu', 'pool', 'depthwise_relu', 'project', 'features']);
    assert.deepEqual([...pooled], [['pool', 'stem_relu']]);
  });

  it('measures the smallest and largest value of each tensor over all pictures', () => {
    const largest = Math.max(...inputs.flatMap((input) => [...input]));
    const smallest = Math.min(...inputs.flatMap((input) => [...input]));
    assert.deepEqual(ranges.image, [smallest, largest]);
    assert.equal(ranges.stem_relu[0], 0);
    assert.ok(ranges.stem_relu[1] > 1 && ranges.stem_relu[1] <= 6);
  });

  async function written(weightRange: WeightRange): Promise<string> {
    const target = path.join(folder, `int8-${weightRange}.onnx`);
    await writeOnnxModel(target, quantisedModel(model, { ranges, weightRange }));
    return target;
  }

  type Outputs = Awaited<ReturnType<typeof runOnnx>>;
  function assertNear(int8: Outputs, wanted: Outputs, most: number): void {
    for (const output of ['embedding', 'features']) {
      assert.equal(int8[output].length, wanted[output].length);
      const error = relativeError(int8[output], wanted[output]);
      assert.ok(error < most, `${output}: ${error}`);
    }
  }

  for (const [weightRange, most] of [
    ['full', 0.02],
    ['paired', 0.02],
  ] as const) {
    it(`gives a model with the ${weightRange} range of weights that means nearly the same as the fp32 one`, async () => {
      // Without fusing, onnxruntime takes the steps one by one in float32: what the file says, whatever the CPU.
      const asWritten = await runOnnx(await written(weightRange), inputs, SIZE, { graphOptimizationLevel: 'disabled' });
      assertNear(asWritten, await runOnnx(file, inputs, SIZE), most);
    });
  }

  it('is computed as written with the paired range on every CPU', async () => {
    const target = await written('paired');
    const asWritten = await runOnnx(target, inputs, SIZE, { graphOptimizationLevel: 'disabled' });
    assertNear(await runOnnx(target, inputs, SIZE), asWritten, 0.005);
  });

  it('is fused into integer kernels by onnxruntime', async () => {
    const { InferenceSession } = await import('onnxruntime-node');
    const optimised = path.join(folder, 'optimised.onnx');
    const bytes = onnxBytes(quantisedModel(model, { ranges, weightRange: 'paired' }));
    const session = await InferenceSession.create(bytes, { optimizedModelFilePath: optimised, logSeverityLevel: 3 });
    await session.release();
    const left = (await readOnnx(optimised)).graph.node.map(({ op_type }) => op_type);
    assert.equal(left.filter((type) => type === 'QLinearConv').length, 3, String(left));
    assert.ok(left.includes('QLinearAdd'), String(left));
    assert.ok(!left.some((type) => ['Conv', 'Add', 'Relu', 'Clip'].includes(type)), String(left));
  });

  it('gives the same bytes for the same ranges', () => {
    const bytes = (weightRange: WeightRange) =>
      onnxBytes(quantisedModel(model, { ranges: { ...ranges }, weightRange }));
    assert.deepEqual(bytes('full'), bytes('full'));
    assert.notDeepEqual(bytes('full'), bytes('paired'));
  });

  it('makes a zero exact, also of ranges that do not hold it or are empty', () => {
    assert.deepEqual(levelsOf({ a: [-1, 2] }, 'a'), { scale: Math.fround(3 / 255), zero: 85 });
    assert.deepEqual(levelsOf({ a: [3, 255] }, 'a'), { scale: 1, zero: 0 });
    assert.deepEqual(levelsOf({ a: [-510, -2] }, 'a'), { scale: 2, zero: 255 });
    assert.deepEqual(levelsOf({ a: [0, 0] }, 'a'), { scale: 1, zero: 0 });
  });

  it('gives each output channel its own scale, and room for the bias of a dead one', () => {
    const constant = (dims: number[], values: number[]) => ({
      dims,
      tensor: model.graph.initializer[0],
      values: () => Float32Array.from(values),
    });
    const weights = constant([3, 2, 1, 1], [1, -0.5, 100, 50, 1e-12, 0]);
    const biases = constant([3], [0.25, -3, 8]);
    const result = quantiseWeights(weights, biases, { inputScale: 0.1, range: 'full' });
    assert.deepEqual([...result.values.subarray(0, 4)], [127, -64, 127, 64]);
    const paired = quantiseWeights(weights, biases, { inputScale: 0.1, range: 'paired' });
    assert.deepEqual([...paired.values.subarray(0, 4)], [127, -64, 85, 42], 'only weights of one sign add up');
    for (const [channel, bias] of [0.25, -3, 8].entries()) {
      const back = result.biases[channel] * result.biasScales[channel];
      assert.ok(Math.abs(back - bias) <= 0.51 * result.biasScales[channel], `${bias} became ${back}`);
    }
  });

  describe('refuses', () => {
    const quantisation = { ranges, weightRange: 'full' as const };
    const refused = (work: () => unknown, message: RegExp) => assert.throws(work, { code: 'NOT_QUANTISABLE', message });

    it('a model without a convolution', () => {
      const graph = { ...model.graph, node: model.graph.node.filter(({ op_type }) => op_type !== 'Conv') };
      refused(() => planOf({ ...model, graph }), /it has no convolution/);
    });

    it('weights that are missing, too short or not finite', () => {
      const [weights, ...others] = model.graph.initializer;
      const withWeights = (initializer: typeof others) => ({ ...model, graph: { ...model.graph, initializer } });
      refused(() => quantisedModel(withWeights(others), quantisation), /no constant weights/);
      const short = { ...weights, raw_data: weights.raw_data.subarray(0, 10) };
      refused(() => quantisedModel(withWeights([short, ...others]), quantisation), /has 5 values/);
      const broken = { ...weights, data_type: DataType.FLOAT16, raw_data: Buffer.alloc(weights.raw_data.length, 0xff) };
      refused(() => quantisedModel(withWeights([broken, ...others]), quantisation), /not all finite/);
    });

    it('ranges that are missing or no numbers', () => {
      const { project: _, ...fewer } = ranges;
      refused(() => quantisedModel(model, { ...quantisation, ranges: fewer }), /no range was measured for project/);
      const infinite = { 'project/min': { data: [Number.NaN] }, 'project/max': { data: [1] } };
      refused(() => widen({}, infinite), /project holds values that are no numbers/);
    });

    it('a file that is no model', async () => {
      const damaged = path.join(folder, 'damaged.onnx');
      await writeFile(damaged, 'not an ONNX file');
      await assert.rejects(readOnnx(damaged));
    });
  });
});

describe('verdict', () => {
  const vectors = Array.from({ length: 60 }, (_, i) => unit([Math.cos(i / 7), Math.sin(i / 7), Math.cos(i), 0.3]));
  const measured = { pictures: 60, cosine: 1, speed: 2 };

  it('keeps everything when the neighbours are the same', () => {
    assert.deepEqual(compare(vectors, vectors).kept, 1);
    assert.ok(Math.abs(compare(vectors, vectors).cosine - 1) < 1e-6);
    assert.equal(refusal({ ...measured, kept: 1 }), undefined);
  });

  it('keeps next to nothing when the neighbours are others', () => {
    const others = vectors.map((_, i) => vectors[(i * 37) % vectors.length]);
    const { kept } = compare(vectors, others);
    assert.ok(kept < 0.5, String(kept));
    assert.match(refusal({ ...measured, kept }) ?? '', /keep .* of their likeness/);
  });

  it('refuses what is hardly faster, or could not be measured', () => {
    assert.match(refusal({ ...measured, kept: 1, speed: 1.1 }) ?? '', /1\.10 times as fast/);
    assert.match(refusal({ ...measured, kept: Number.NaN }) ?? '', /NaN/);
  });

  it('the paired range is tried where the full one loses too much, not where it is slow', async () => {
    const chosen = (kept: Record<WeightRange, number>, speed = 2) =>
      tryWeights({
        measure: async (weightRange) => {
          const found = { ...measured, kept: kept[weightRange], speed };
          return { ranges: {}, weightRange, measured: found, probe: Float32Array.of(1) };
        },
      });
    assert.equal((await chosen({ full: 0.995, paired: 0.999 })).weightRange, 'full');
    assert.equal((await chosen({ full: 0.995, paired: 0.999 }, 0.5)).weightRange, 'full');
    assert.equal((await chosen({ full: 0.9, paired: 0.992 })).weightRange, 'paired');
    const neither = await chosen({ full: Number.NaN, paired: 0.95 });
    assert.match(refusal(neither.measured) ?? '', /keep 95\.00 % of their likeness/);
  });

  function unit(values: number[]): Float32Array {
    return Float32Array.from(values, (value) => value / Math.hypot(...values));
  }
});
