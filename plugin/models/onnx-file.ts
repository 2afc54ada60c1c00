import { type FileHandle, readFile } from 'node:fs/promises';
import { BufferReader, Writer } from 'protobufjs';
import { writeAtomic } from '../files/atomic-file';
import { decodeFloat16 } from '../vectors/float16';
import { DataType, GraphProto, ModelProto, TensorProto } from './onnx-schema';

export interface OnnxTensor {
  name: string;
  dims: number[];
  data_type: number;
  raw_data: Buffer;
  float_data: number[];
  int32_data: number[];
  int64_data: number[];
}

export interface OnnxAttribute {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Buffer;
  t?: OnnxTensor;
  floats?: number[];
  ints?: number[];
}

export interface OnnxNode {
  name: string;
  op_type: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}

export interface OnnxValue {
  name: string;
  type: { tensor_type: { elem_type: number; shape: { dim: Array<{ dim_value?: number; dim_param?: string }> } } };
}

export interface OnnxGraph {
  name: string;
  node: OnnxNode[];
  initializer: OnnxTensor[];
  input: OnnxValue[];
  output: OnnxValue[];
}

export interface OnnxModel {
  ir_version: number;
  producer_name: string;
  opset_import: Array<{ domain?: string; version: number }>;
  graph: OnnxGraph;
}

/** A tensor whose bytes are only read when they are written, so that one tensor at a time is in memory. */
export interface TensorSource {
  name: string;
  dims: readonly number[];
  type: 'float32' | 'float16';
  /** Little-endian values; as many as `dims` says. */
  data(): Float32Array | Uint16Array;
}

const asModel = { longs: Number, arrays: true, defaults: false } as const;

/** Reads a model. Tensor bytes are views into the one buffer that the file was read into. */
export async function readOnnx(file: string | Buffer): Promise<OnnxModel> {
  const buffer = typeof file === 'string' ? await readFile(file) : file;
  const model = ModelProto.toObject(ModelProto.decode(new BufferReader(buffer)), asModel) as OnnxModel;
  for (const tensor of model.graph.initializer) tensor.name ??= '';
  return model;
}

/** Copies a FLOAT or FLOAT16 tensor's values. */
export function floatsOf(tensor: OnnxTensor): Float32Array {
  const { raw_data: raw, data_type: type, name } = tensor;
  if (type === DataType.FLOAT && !raw?.length) return Float32Array.from(tensor.float_data);
  if (type === DataType.FLOAT) return new Float32Array(aligned(raw));
  if (type === DataType.FLOAT16) {
    return decodeFloat16(raw?.length ? new Uint16Array(aligned(raw)) : Uint16Array.from(tensor.int32_data));
  }
  throw new TypeError(`Tensor ${name} has data type ${type}, which is not a float type.`);
}

// A typed array needs an offset that is a multiple of its element size; a view into the file seldom has one.
function aligned(raw: Buffer): ArrayBuffer {
  return raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length) as ArrayBuffer;
}

/**
 * Writes a model atomically: nothing, or the whole file, under `path`.
 * @param model its `initializer` must be empty; the tensors follow one by one from `tensors`.
 */
export async function writeOnnx(path: string, model: OnnxModel, tensors: readonly TensorSource[]): Promise<void> {
  const { graph, ...head } = model;
  const graphBytes = GraphProto.encode(GraphProto.fromObject(graph)).finish();
  const headers = tensors.map(tensorHeader);
  // A nested message is preceded by its length, which is known without the data.
  const total = headers.reduce((sum, header) => sum + header.prefix.length + header.dataBytes, graphBytes.length);
  const modelBytes = ModelProto.encode(ModelProto.fromObject(head)).finish();
  const start = Writer.create().uint32(tag(7)).uint32(total).finish();

  await writeAtomic(path, async (file) => {
    await writeAll(file, [modelBytes, start, graphBytes]);
    for (const [i, tensor] of tensors.entries()) {
      const data = tensor.data();
      if (data.byteLength !== headers[i].dataBytes) {
        throw new RangeError(`Tensor ${tensor.name} has ${data.length} values, not those of [${tensor.dims}].`);
      }
      await writeAll(file, [headers[i].prefix, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
    }
  });
}

/** Writes a model that was read by `readOnnx`, with its tensors. */
export async function writeOnnxModel(path: string, model: OnnxModel): Promise<void> {
  await writeAtomic(path, (file) => writeAll(file, [onnxBytes(model)]));
}

/** A model that was read by `readOnnx`, as a file holds it. */
export function onnxBytes(model: OnnxModel): Uint8Array {
  return ModelProto.encode(ModelProto.fromObject(model)).finish();
}

const tag = (field: number) => (field << 3) | 2;

function tensorHeader(tensor: TensorSource): { prefix: Uint8Array; dataBytes: number } {
  const { name, dims, type } = tensor;
  const dataBytes = dims.reduce((a, b) => a * b, 1) * (type === 'float16' ? 2 : 4);
  const data_type = type === 'float16' ? DataType.FLOAT16 : DataType.FLOAT;
  const fields = TensorProto.encode(TensorProto.fromObject({ name, dims, data_type })).finish();
  const rawStart = Writer.create().uint32(tag(9)).uint32(dataBytes).finish();
  const length = fields.length + rawStart.length + dataBytes;
  const start = Writer.create().uint32(tag(5)).uint32(length).finish();
  return { prefix: Buffer.concat([start, fields, rawStart]), dataBytes };
}

async function writeAll(file: FileHandle, chunks: Uint8Array[]): Promise<void> {
  for (const chunk of chunks) await file.writeFile(chunk);
}
