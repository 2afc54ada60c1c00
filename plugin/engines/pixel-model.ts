import type { Preprocessing } from '../models/model';
import {
  floatsOf,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from '../models/onnx-file';
import { AttributeType, DataType } from '../models/onnx-schema';
import { normalisedBytes } from './input';

/** Input of the model that `pixelModel` gives: n × size × size × 3 bytes, RGB. */
export const PIXELS = 'pixels';

const IMAGE = 'image';

/**
 * The model with its preprocessing in front: the same float32 operations as in `createWriteInput`, so that the result is the
 * same to the last bit. It saves the caller to write four bytes for each one, in a language that does it more slowly.
 */
export function pixelModel(model: OnnxModel, preprocessing: Preprocessing): OnnxModel {
  const { graph } = model;
  const { size, channels, mean, std } = preprocessing;
  const rounding = roundingToBytes(model, preprocessing);
  const nodes: OnnxNode[] = [];
  const initializer: OnnxTensor[] = [];
  const step = (op_type: string, input: string[], output: string, attribute: OnnxAttribute[] = []): string => {
    nodes.push({ name: output, op_type, input, output: [output], attribute });
    return output;
  };
  /** A number where it can be one, else a whole picture of them: onnxruntime is slow with operands of three values. */
  const operand = (name: string, [a, b, c]: readonly number[]): string => {
    const one = a === b && b === c;
    const values = one
      ? Float32Array.of(a)
      : Float32Array.from({ length: 3 * size * size }, (_, i) => [a, b, c][i % 3]);
    initializer.push({
      name,
      dims: one ? [] : [size, size, 3],
      data_type: DataType.FLOAT,
      raw_data: Buffer.from(values.buffer),
      float_data: [],
      int32_data: [],
      int64_data: [],
    });
    return name;
  };

  let bytes = PIXELS;
  if (channels === 'bgr') {
    initializer.push(indices(`${PIXELS}/order`, [2, 1, 0]));
    bytes = step('Gather', [bytes, `${PIXELS}/order`], `${PIXELS}/bgr`, [int('axis', 3)]);
  }
  let values = bytes;
  if (!rounding) {
    values = step('Cast', [values], `${PIXELS}/float`, [int('to', DataType.FLOAT)]);
    values = step('Sub', [values, operand(`${PIXELS}/mean`, mean)], `${PIXELS}/centred`);
    if (std.some((value) => value !== 1))
      values = step('Div', [values, operand(`${PIXELS}/std`, std)], `${PIXELS}/scaled`);
  }
  const planes: OnnxAttribute = { name: 'perm', ints: [0, 3, 1, 2], type: AttributeType.INTS };
  step('Transpose', [values], rounding?.output[0] ?? IMAGE, [planes]);

  const dim = [{ dim_param: 'n' }, { dim_value: size }, { dim_value: size }, { dim_value: 3 }];
  const input: OnnxValue = { name: PIXELS, type: { tensor_type: { elem_type: DataType.UINT8, shape: { dim } } } };
  return {
    ...model,
    graph: {
      ...graph,
      node: [...nodes, ...graph.node.filter((node) => node !== rounding)],
      initializer: [...initializer, ...graph.initializer],
      input: [input, ...graph.input.filter(({ name }) => name !== IMAGE)],
    },
  };
}

/**
 * The node of an integer model that makes its input 8-bit, if that would bring back the very bytes of the picture: then they are
 * given to what follows it. (A byte less 127, by 128, quantised in steps of 1/128 around 127, is the byte.)
 */
function roundingToBytes({ graph }: OnnxModel, { mean, std }: Preprocessing): OnnxNode | undefined {
  const [node, ...others] = graph.node.filter(({ input }) => input.includes(IMAGE));
  if (others.length > 0 || node?.op_type !== 'QuantizeLinear') return undefined;
  const [scale, zero] = node.input.slice(1).map((name) => graph.initializer.find((tensor) => tensor.name === name));
  if (scale?.dims.length !== 0 || zero?.data_type !== DataType.UINT8) return undefined;
  const [step] = floatsOf(scale);
  // Clear of the halves, which runtimes round differently.
  const isSame = (value: number, byte: number) => Math.abs(value / step + zero.raw_data[0] - byte) < 0.25;
  return mean.every((_, channel) => normalisedBytes(mean[channel], std[channel]).every(isSame)) ? node : undefined;
}

const int = (name: string, i: number): OnnxAttribute => ({ name, i, type: AttributeType.INT });

function indices(name: string, values: number[]): OnnxTensor {
  const raw_data = Buffer.from(BigInt64Array.from(values, BigInt).buffer);
  return {
    name,
    dims: [values.length],
    data_type: DataType.INT64,
    raw_data,
    float_data: [],
    int32_data: [],
    int64_data: [],
  };
}
