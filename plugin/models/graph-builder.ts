import {
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
  type TensorSource,
  writeOnnx,
} from './onnx-file';
import { AttributeType, DataType } from './onnx-schema';

export interface ConvOptions {
  /** [out, in / group, kernel, kernel] */
  dims: readonly [number, number, number, number];
  stride: number;
  /** Zeros on each side; or `same`: as TensorFlow pads, the odd one at the end. */
  pad: number | 'same';
  group?: number;
  /** Weights and biases, with the batch norm folded in. Read when the file is written, weights before biases. */
  weights(): Float32Array;
  biases(): Float32Array;
}

/** Assembles a convolutional net with input `image` [n, 3, size, size] and outputs `embedding` and `features`. */
export function graphBuilder(name: string, toWeights?: (values: Float32Array) => Uint16Array) {
  const nodes: OnnxNode[] = [];
  const tensors: TensorSource[] = [];

  const node = (op_type: string, input: string[], output: string, attribute: OnnxAttribute[] = []): string => {
    nodes.push({ name: output, op_type, input, output: [output], attribute });
    return output;
  };
  const constant = (tensorName: string, dims: readonly number[], data: () => Float32Array): string => {
    tensors.push({ name: tensorName, dims, type: 'float32', data });
    return tensorName;
  };
  const weight = (tensorName: string, dims: readonly number[], data: () => Float32Array): string => {
    if (!toWeights) return constant(tensorName, dims, data);
    // Runtimes fold the cast when they load the model, so that only the file is half as large.
    tensors.push({ name: `${tensorName}_half`, dims, type: 'float16', data: () => toWeights(data()) });
    return node('Cast', [`${tensorName}_half`], tensorName, [int('to', DataType.FLOAT)]);
  };

  return {
    conv(output: string, input: string, options: ConvOptions): string {
      const { dims, stride, pad, group = 1 } = options;
      const inputs = [
        input,
        weight(`${output}_weights`, dims, options.weights),
        constant(`${output}_biases`, [dims[0]], options.biases),
      ];
      return node('Conv', inputs, output, [
        ...(pad === 'same' ? [string('auto_pad', 'SAME_UPPER')] : [ints('pads', [pad, pad, pad, pad])]),
        ints('strides', [stride, stride]),
        ints('kernel_shape', [dims[2], dims[3]]),
        int('group', group),
      ]);
    },

    relu: (output: string, input: string) => node('Relu', [input], output),

    relu6(output: string, input: string): string {
      if (!tensors.some((tensor) => tensor.name === 'six')) {
        constant('zero', [], () => Float32Array.of(0));
        constant('six', [], () => Float32Array.of(6));
      }
      return node('Clip', [input, 'zero', 'six'], output);
    },

    add: (output: string, a: string, b: string) => node('Add', [a, b], output),

    maxPool: (output: string, input: string, kernel: number, stride: number, pad: number) =>
      node('MaxPool', [input], output, [
        ints('kernel_shape', [kernel, kernel]),
        ints('strides', [stride, stride]),
        ints('pads', [pad, pad, pad, pad]),
      ]),

    /** Adds the average pool and writes the file. The last node's output must be called `features`. */
    async write(path: string, shape: { size: number; dims: number; map: number }): Promise<void> {
      node('Flatten', [node('GlobalAveragePool', ['features'], 'pooled')], 'embedding');
      const { size, dims, map } = shape;
      const model: OnnxModel = {
        ir_version: 8,
        producer_name: 'strapi-plugin-similar',
        opset_import: [{ version: 13 }],
        graph: {
          name,
          node: nodes,
          initializer: [],
          input: [value('image', ['n', 3, size, size])],
          output: [value('embedding', ['n', dims]), value('features', ['n', dims, map, map])],
        },
      };
      await writeOnnx(path, model, tensors);
    },
  };
}

export type GraphBuilder = ReturnType<typeof graphBuilder>;

const int = (name: string, i: number): OnnxAttribute => ({ name, i, type: AttributeType.INT });
const ints = (name: string, values: number[]): OnnxAttribute => ({ name, ints: values, type: AttributeType.INTS });
const string = (name: string, s: string): OnnxAttribute => ({ name, s: Buffer.from(s), type: AttributeType.STRING });

function value(name: string, shape: Array<number | string>): OnnxValue {
  const dim = shape.map((d) => (typeof d === 'number' ? { dim_value: d } : { dim_param: d }));
  return { name, type: { tensor_type: { elem_type: DataType.FLOAT, shape: { dim } } } };
}
