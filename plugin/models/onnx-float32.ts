import { BufferReader, Writer } from 'protobufjs';
import type { ModelTensors } from './model';
import type { OnnxValue } from './onnx-file';
import { AttributeType, DataType, GraphProto, ValueInfoProto } from './onnx-schema';

const GRAPH = 7;
const [INPUT, OUTPUT] = [11, 12];
const BYTES = 2;

/** What the tensor is called that has the numbers of `name` in float32. */
export const inFloat32 = (name: string) => `${name}/float32`;

interface Tensors {
  /** Absent: no input has numbers like that. */
  input?: Pick<ModelTensors['input'], 'name' | 'type'>;
  output: Pick<ModelTensors['output'], 'name' | 'type'>;
}

/**
 * A model whose picture or vector is float16, taking and giving float32 (`inFloat32`): the oldest runtime in use knows no halves.
 * Everything else is copied byte by byte, also what this package has no schema for, but for other outputs.
 */
export function withFloat32(file: Uint8Array, { input, output }: Tensors): Uint8Array {
  const parts = fieldsOf(file).map(({ field, bytes, whole }) => {
    if (field !== GRAPH) return whole;
    const graph = graphInFloat32(fieldsOf(bytes), input, output);
    return Buffer.concat([
      Writer.create()
        .uint32((GRAPH << 3) | BYTES)
        .uint32(graph.length)
        .finish(),
      graph,
    ]);
  });
  return Buffer.concat(parts);
}

function graphInFloat32(fields: Field[], input: Tensors['input'], output: Tensors['output']): Buffer {
  const isIn = ({ field, bytes }: Field) => field === INPUT && nameOf(bytes) === input?.name;
  const cast = (from: string, to: string, type: number) => ({
    name: `${to}/cast`,
    op_type: 'Cast',
    input: [from],
    output: [to],
    attribute: [{ name: 'to', i: type, type: AttributeType.INT }],
  });
  const value = (name: string, of = {}) => ({ name, type: { tensor_type: { elem_type: DataType.FLOAT, ...of } } });
  const typeOf = ({ type }: { type: 'float16' | 'float32' }) =>
    type === 'float16' ? DataType.FLOAT16 : DataType.FLOAT;
  const encode = (graph: object) => GraphProto.encode(GraphProto.fromObject(graph)).finish();

  function pictures(of: NonNullable<Tensors['input']>) {
    const taken = fields.find(isIn);
    if (!taken) throw new Error(`the graph has no input ${of.name}`);
    const picture = ValueInfoProto.toObject(ValueInfoProto.decode(taken.bytes), { longs: Number }) as OnnxValue;
    return value(inFloat32(of.name), { shape: picture.type.tensor_type.shape });
  }

  return Buffer.concat([
    // Before what uses it.
    ...(input ? [encode({ node: [cast(inFloat32(input.name), input.name, typeOf(input))] })] : []),
    ...fields.filter((one) => one.field !== OUTPUT && !isIn(one)).map(({ whole }) => whole),
    encode({
      node: [cast(output.name, inFloat32(output.name), DataType.FLOAT)],
      input: input ? [pictures(input)] : [],
      output: [value(inFloat32(output.name))],
    }),
  ]);
}

function nameOf(value: Uint8Array): string {
  return (ValueInfoProto.decode(value) as unknown as { name: string }).name;
}

interface Field {
  field: number;
  /** Of a field that has some. */
  bytes: Uint8Array;
  /** With its tag. */
  whole: Uint8Array;
}

function fieldsOf(message: Uint8Array): Field[] {
  const reader = new BufferReader(message as Buffer);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    let bytes: Uint8Array = new Uint8Array(0);
    if (tag % 8 === BYTES) bytes = reader.bytes();
    else reader.skipType(tag % 8);
    fields.push({ field: tag >>> 3, bytes, whole: message.subarray(start, reader.pos) });
  }
  return fields;
}
