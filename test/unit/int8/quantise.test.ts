import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { planOf } from '../../../plugin/int8/plan';
import { quantisedModel } from '../../../plugin/int8/qdq';
import { calibrationModel, levelsOf, type Ranges, widen } from '../../../plugin/int8/ranges';
import { compare, refusal } from '../../../plugin/int8/verdict';
import { quantiseWeights } from '../../../plugin/int8/weights';
import { graphBuilder } from '../../../plugin/models/graph-builder';
import { type OnnxModel, onnxBytes, readOnnx, writeOnnxModel } from '../../../plugin/models/onnx-file';
import { DataType } from '../../../plugin/models/onnx-schema';
import { resolveModel } from '../../../plugin/models/resolve';
import { encodeFloat16 } from '../../../plugin/vectors/float16';
import { relativeError, runOnnx } from '../../helpers/golden';

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

  async function written(): Promise<string> {
    const target = path.join(folder, 'int8.onnx');
    await writeOnnxModel(target, quantisedModel(model, ranges));
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

  it('gives a model that means nearly the same as the fp32 one', async () => {
    // Without fusing, onnxruntime takes the steps one by one in float32: what the file says, whatever the CPU.
    const asWritten = await runOnnx(await written(), inputs, SIZE, { graphOptimizationLevel: 'disabled' });
    assertNear(asWritten, await runOnnx(file, inputs, SIZE), 0.02);
  });

  it('is computed as written on every CPU', async () => {
    const target = await written();
    const asWritten = await runOnnx(target, inputs, SIZE, { graphOptimizationLevel: 'disabled' });
    assertNear(await runOnnx(target, inputs, SIZE), asWritten, 0.005);
  });

  it('is fused into integer kernels by onnxruntime', async () => {
    const open = `require('onnxruntime-node-cpu').InferenceSession.create(process.argv[1], { logSeverityLevel: 0 })`;
    const { stderr } = await promisify(execFile)(process.execPath, ['-e', open, await written()]);
    const fused = [...stderr.matchAll(/ Matched (\w+)$/gm)].map(([, type]) => type);
    assert.equal(fused.filter((type) => type === 'Conv').length, 3, stderr);
    assert.ok(fused.includes('Add'), stderr);
  });

  it('gives the same bytes for the same ranges', () => {
    const bytes = (of: Ranges) => onnxBytes(quantisedModel(model, of));
    assert.deepEqual(bytes({ ...ranges }), bytes({ ...ranges }));
    assert.notDeepEqual(bytes(ranges), bytes({ ...ranges, image: [-2, 2] }));
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
    const result = quantiseWeights(weights, biases, { inputScale: 0.1 });
    assert.deepEqual([...result.values.subarray(0, 4)], [127, -64, 85, 42], 'only weights of one sign add up');
    for (const [channel, bias] of [0.25, -3, 8].entries()) {
      const back = result.biases[channel] * result.biasScales[channel];
      assert.ok(Math.abs(back - bias) <= 0.51 * result.biasScales[channel], `${bias} became ${back}`);
    }
  });

  describe('no pair of products leaves 16 bits', () => {
    /** u8 times s8. */
    const largestSum = (a: number, b: number) => Math.max(255 * a, 0) + Math.max(255 * b, 0);
    const smallestSum = (a: number, b: number) => Math.min(255 * a, 0) + Math.min(255 * b, 0);

    /** Whichever pairs of neighbours a kernel forms, with the channels outermost (NCHW) or innermost (NHWC). */
    function assertPairsFit(values: Int8Array, [outputs, inputs, height, width]: number[]): void {
      const each = inputs * height * width;
      for (let output = 0; output < outputs; output++) {
        const own = values.subarray(output * each, (output + 1) * each);
        const places = height * width;
        const innermost = own.map((_, i) => own[(i % inputs) * places + Math.floor(i / inputs)]);
        for (const row of [own, innermost]) {
          for (let i = 1; i < row.length; i++) {
            const pair = `${row[i - 1]} and ${row[i]} of output channel ${output}`;
            assert.ok(largestSum(row[i - 1], row[i]) <= 32_767, pair);
            assert.ok(smallestSum(row[i - 1], row[i]) >= -32_768, pair);
          }
        }
      }
    }

    const weightsOf = (dims: number[], values: Float32Array) => ({
      dims,
      tensor: model.graph.initializer[0],
      values: () => values,
    });

    it('whatever the weights: all alike, of both signs, few large among small, at the edge of rounding', () => {
      for (const [at, dims] of [
        [8, 6, 1, 1],
        [4, 3, 3, 3],
        [4, 1, 5, 5],
        [3, 16, 1, 3],
      ].entries()) {
        const count = dims.reduce((a, b) => a * b);
        const drawn = noise(count, at);
        for (const values of [
          drawn,
          drawn.map(() => 0.7),
          drawn.map(() => -0.7),
          drawn.map((value, i) => (i % 5 === 0 ? value : value / 100)),
          drawn.map((_, i) => (i % 2 ? 63.5 : 63.4999)),
          drawn.map((_, i) => (i % 2 ? -127 : -0.5)),
        ]) {
          assertPairsFit(quantiseWeights(weightsOf(dims, values), undefined, { inputScale: 0.1 }).values, dims);
        }
      }
    });

    it('in the bundled model, but for depthwise convolutions, which are added up in 32 bits', async () => {
      const bundled = await readOnnx((await resolveModel('efficientnet-lite0')).path);
      const { activations } = planOf(bundled);
      const int8 = quantisedModel(bundled, Object.fromEntries(activations.map((name) => [name, [-1, 6]])));
      let paired = 0;
      for (const { op_type, input, attribute } of int8.graph.node) {
        if (op_type !== 'Conv') continue;
        if ((attribute.find(({ name }) => name === 'group')?.i ?? 1) > 1) continue;
        const { dims, raw_data } = int8.graph.initializer.find(({ name }) => name === `${input[1]}/values`)!;
        assertPairsFit(new Int8Array(raw_data.buffer, raw_data.byteOffset, raw_data.byteLength), dims);
        paired++;
      }
      assert.ok(paired > 30, String(paired));
    });

    it('in a convolution of one input channel that is not depthwise', () => {
      const values = noise(4 * 9, 1);
      const one = quantiseWeights(weightsOf([4, 1, 3, 3], values), undefined, { inputScale: 0.1 });
      assertPairsFit(one.values, [4, 1, 3, 3]);
      const depthwise = quantiseWeights(weightsOf([4, 1, 3, 3], values), undefined, {
        inputScale: 0.1,
        depthwise: true,
      });
      assert.throws(() => assertPairsFit(depthwise.values, [4, 1, 3, 3]), 'all of s8');
    });
  });

  describe('refuses', () => {
    const refused = (work: () => unknown, message: RegExp) => assert.throws(work, { code: 'NOT_QUANTISABLE', message });

    it('a model without a convolution', () => {
      const graph = { ...model.graph, node: model.graph.node.filter(({ op_type }) => op_type !== 'Conv') };
      refused(() => planOf({ ...model, graph }), /it has no convolution/);
    });

    it('weights that are missing, too short or not finite', () => {
      const [weights, ...others] = model.graph.initializer;
      const withWeights = (initializer: typeof others) => ({ ...model, graph: { ...model.graph, initializer } });
      refused(() => quantisedModel(withWeights(others), ranges), /no constant weights/);
      const short = { ...weights, raw_data: weights.raw_data.subarray(0, 10) };
      refused(() => quantisedModel(withWeights([short, ...others]), ranges), /has 5 values/);
      const broken = { ...weights, data_type: DataType.FLOAT16, raw_data: Buffer.alloc(weights.raw_data.length, 0xff) };
      refused(() => quantisedModel(withWeights([broken, ...others]), ranges), /not all finite/);
    });

    it('ranges that are missing or no numbers', () => {
      const { project: _, ...fewer } = ranges;
      refused(() => quantisedModel(model, fewer), /no range was measured for project/);
      const infinite = { 'project/min': { data: [Number.NaN] }, 'project/max': { data: [1] } };
      refused(() => widen({}, infinite), /project contains values that are not numbers/);
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

  function unit(values: number[]): Float32Array {
    return Float32Array.from(values, (value) => value / Math.hypot(...values));
  }
});
