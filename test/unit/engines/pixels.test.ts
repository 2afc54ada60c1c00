import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { EngineSession } from '../../../plugin/engines/engine';
import { createWriteInput } from '../../../plugin/engines/input';
import { createOnnxruntimeEngine } from '../../../plugin/engines/onnxruntime';
import { pixelModel } from '../../../plugin/engines/pixel-model';
import { takingPixels } from '../../../plugin/engines/pixel-session';
import type { Preprocessing } from '../../../plugin/models/model';
import {
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  readOnnx,
  writeOnnxModel,
} from '../../../plugin/models/onnx-file';
import { DataType } from '../../../plugin/models/onnx-schema';

const SIZE = 16;
const VALUES = 3 * SIZE * SIZE;

const PREPROCESSING: Record<string, Preprocessing> = {
  'the bundled model': { size: SIZE, resize: 'lanczos3', channels: 'rgb', mean: [127, 127, 127], std: [128, 128, 128] },
  'Keras’ ResNet50': {
    size: SIZE,
    resize: 'nearest',
    channels: 'bgr',
    mean: [103.939, 116.779, 123.68],
    std: [1, 1, 1],
  },
  'PyTorch’s models': {
    size: SIZE,
    resize: 'lanczos3',
    channels: 'rgb',
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
  },
};

const folder = mkdtempSync(path.join(tmpdir(), 'similar-pixels-'));
after(() => rmSync(folder, { recursive: true }));

/** Two pictures that have every byte value in every channel. */
const pictures = Uint8Array.from({ length: 2 * VALUES }, (_, i) => (i * 85 + Math.floor(i / 768) * 7) % 256);

function floatsOf(preprocessing: Preprocessing): Float32Array {
  const batch = new Float32Array(2 * VALUES);
  const write = createWriteInput(preprocessing);
  for (const i of [0, 1]) write(pictures.subarray(i * VALUES, (i + 1) * VALUES), batch, i * VALUES);
  return batch;
}

const tensor = (name: string, data_type: number, raw_data: Buffer): OnnxTensor => {
  return { name, dims: [], data_type, raw_data, float_data: [], int32_data: [], int64_data: [] };
};

/** A net whose embedding is its input. With `step`: made 8-bit in such steps around 127, and float again. */
async function mirror(step?: number): Promise<string> {
  const node = (op_type: string, output: string, ...input: string[]): OnnxNode => {
    return { name: output, op_type, input, output: [output], attribute: [] };
  };
  const steps = ['scale', 'zero'];
  const rounding = [
    node('QuantizeLinear', 'bytes', 'image', ...steps),
    node('DequantizeLinear', 'rounded', 'bytes', ...steps),
  ];
  const value = (name: string, ...shape: number[]): OnnxValue => {
    const dim = [{ dim_param: 'n' }, ...shape.map((dim_value) => ({ dim_value }))];
    return { name, type: { tensor_type: { elem_type: DataType.FLOAT, shape: { dim } } } };
  };
  const file = path.join(folder, 'mirror.onnx');
  await writeOnnxModel(file, {
    ir_version: 8,
    producer_name: 'test',
    opset_import: [{ version: 13 }],
    graph: {
      name: 'mirror',
      node: step ? [...rounding, node('Flatten', 'embedding', 'rounded')] : [node('Flatten', 'embedding', 'image')],
      initializer: step
        ? [
            tensor('scale', DataType.FLOAT, Buffer.from(Float32Array.of(step).buffer)),
            tensor('zero', DataType.UINT8, Buffer.of(127)),
          ]
        : [],
      input: [value('image', 3, SIZE, SIZE)],
      output: [value('embedding', VALUES)],
    },
  });
  return file;
}

for (const [name, preprocessing] of Object.entries(PREPROCESSING)) {
  test(`onnxruntime preprocesses as createWriteInput does, bit for bit: ${name}`, async () => {
    const modelPath = await mirror();
    const session = await createOnnxruntimeEngine({ modelPath, threads: 1, preprocessing });
    assert.equal(session.input, 'pixels');
    const { embedding } = await session.run(pictures, 2);
    assert.deepEqual(embedding, floatsOf(preprocessing));
    await session.dispose();
  });
}

test('what an integer model would round to the bytes of the picture is given the bytes', async () => {
  const preprocessing = PREPROCESSING['the bundled model'];
  const operations = async (modelPath: string) =>
    pixelModel(await readOnnx(modelPath), preprocessing).graph.node.map(({ op_type }) => op_type);
  for (const [step, expected] of [
    [1 / 128, ['Transpose', 'DequantizeLinear', 'Flatten']],
    [1 / 100.3, ['Cast', 'Sub', 'Div', 'Transpose', 'QuantizeLinear', 'DequantizeLinear', 'Flatten']],
  ] as const) {
    const modelPath = await mirror(step);
    assert.deepEqual(await operations(modelPath), expected);
    const session = await createOnnxruntimeEngine({ modelPath, threads: 1, preprocessing });
    const { embedding } = await session.run(pictures, 2);
    const rounded = (value: number) => Math.min(255, Math.max(0, Math.round(value / step) + 127)) - 127;
    assert.deepEqual(
      embedding,
      floatsOf(preprocessing).map((value) => rounded(value) * Math.fround(step)),
    );
    await session.dispose();
  }
});

test('a session that takes floats gets them, in calls at once too', async () => {
  const preprocessing = PREPROCESSING['Keras’ ResNet50'];
  const floats = floatsOf(preprocessing);
  const session: EngineSession = {
    engine: 'fake',
    device: 'cpu',
    input: 'floats',
    async run(batch, n) {
      await new Promise(setImmediate);
      return { embedding: Float32Array.from(batch.subarray(0, n * VALUES)) };
    },
    async dispose() {},
  };
  const taking = takingPixels(session, preprocessing);
  const [both, second] = await Promise.all([taking.run(pictures, 2), taking.run(pictures.subarray(VALUES), 1)]);
  assert.deepEqual(both.embedding, floats);
  assert.deepEqual(second.embedding, floats.slice(VALUES));
});
