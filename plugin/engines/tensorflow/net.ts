import { floatsOf, type OnnxModel, type OnnxNode } from '../../models/onnx-file';
import type { Tf } from './backend';

type Step = (values: Map<string, Tf.Tensor>) => Tf.Tensor;

/** A net of tfjs ops. */
export interface Net {
  /** Edge of the input picture, in pixels. */
  size: number;
  /** @param image n × size × size × 3. @returns n × dims, and the map n × dims × cells. */
  run(image: Tf.Tensor4D): { embedding: Tf.Tensor2D; features: Tf.Tensor3D };
  dispose(): void;
}

/** Layout: ONNX nets are NCHW, TensorFlow's CPU kernels want NHWC. Weights are turned once, pictures at each run. */
const OIHW_TO_HWIO = [2, 3, 1, 0];
const DEPTHWISE_TO_HWCM = [2, 3, 0, 1];

const numbers = (node: OnnxNode, name: string): number[] =>
  node.attribute.find((attribute) => attribute.name === name)?.ints ?? [];

const text = (node: OnnxNode, name: string): string =>
  node.attribute.find((attribute) => attribute.name === name)?.s?.toString() ?? '';

const integer = (node: OnnxNode, name: string, otherwise: number): number =>
  node.attribute.find((attribute) => attribute.name === name)?.i ?? otherwise;

/** Builds the net of an ONNX file. @throws TypeError for an operation that the project's nets do not have. */
export function buildNet(tf: typeof Tf, { graph }: OnnxModel): Net {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const aliases = new Map<string, string>();
  const weights: Tf.Tensor[] = [];

  /** Weights may be stored as float16 and cast when they are used. */
  function constant(name: string) {
    const tensor = constants.get(aliases.get(name) ?? name);
    if (!tensor) throw new TypeError(`Expected ${name} to be a constant of the model.`);
    return { values: floatsOf(tensor), dims: tensor.dims ?? [] };
  }

  function weight<T extends Tf.Tensor>(make: () => T): T {
    const tensor = tf.tidy(make);
    weights.push(tensor);
    return tensor;
  }

  /** Zeros (or `fill`) around the picture, as ONNX' explicit pads say. */
  function padded(node: OnnxNode, fill: number): (x: Tf.Tensor4D) => Tf.Tensor4D {
    const [top = 0, left = 0, bottom = 0, right = 0] = numbers(node, 'pads');
    if (top + left + bottom + right === 0) return (x) => x;
    return (x) =>
      tf.pad(
        x,
        [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ],
        fill,
      ) as Tf.Tensor4D;
  }

  function conv(node: OnnxNode): Step {
    const [input, weightName, biasName] = node.input;
    const { values, dims } = constant(weightName);
    const group = integer(node, 'group', 1);
    const depthwise = group > 1;
    if (depthwise && (dims[1] !== 1 || dims[0] !== group)) throw new TypeError(`${node.name}: grouped, not depthwise.`);
    const turn = depthwise ? DEPTHWISE_TO_HWCM : OIHW_TO_HWIO;
    const filter = weight(
      () => tf.transpose(tf.tensor4d(values, dims as [number, number, number, number]), turn) as Tf.Tensor4D,
    );
    const bias = weight(() => tf.tensor1d(constant(biasName).values));
    const strides = numbers(node, 'strides') as [number, number];
    const same = text(node, 'auto_pad') === 'SAME_UPPER';
    const pad = padded(node, 0);
    const apply = depthwise ? tf.depthwiseConv2d : tf.conv2d;
    return (values) => {
      const x = pad(values.get(input) as Tf.Tensor4D);
      return tf.add(apply(x, filter, strides, same ? 'same' : 'valid'), bias);
    };
  }

  function maxPool(node: OnnxNode): Step {
    const pad = padded(node, -3.4e38);
    const kernel = numbers(node, 'kernel_shape') as [number, number];
    const strides = numbers(node, 'strides') as [number, number];
    return (values) => tf.maxPool(pad(values.get(node.input[0]) as Tf.Tensor4D), kernel, strides, 'valid');
  }

  /** Of the value that goes into the node first. */
  const unary =
    (apply: (x: Tf.Tensor) => Tf.Tensor) =>
    ({ input: [x] }: OnnxNode): Step =>
    (values) =>
      apply(values.get(x) as Tf.Tensor);

  function clip(node: OnnxNode): Step {
    const [[min], [max]] = [constant(node.input[1]).values, constant(node.input[2]).values];
    return unary((x) => tf.clipByValue(x, min, max))(node);
  }

  const operations = new Map<string, (node: OnnxNode) => Step>([
    ['Conv', conv],
    ['MaxPool', maxPool],
    ['Clip', clip],
    ['Relu', unary((x) => tf.relu(x))],
    ['GlobalAveragePool', unary((x) => tf.mean(x, [1, 2], true))],
    ['Flatten', unary((x) => tf.reshape(x, [x.shape[0], -1]))],
    [
      'Add',
      ({ input: [a, b] }) =>
        (values) =>
          tf.add(values.get(a) as Tf.Tensor, values.get(b) as Tf.Tensor),
    ],
  ]);

  const steps: Array<[output: string, step: Step]> = [];
  for (const node of graph.node) {
    if (node.op_type === 'Cast') {
      aliases.set(node.output[0], node.input[0]);
      continue;
    }
    const operation = operations.get(node.op_type);
    if (!operation) throw new TypeError(`Operation ${node.op_type} of ${node.name} is not known to this engine.`);
    steps.push([node.output[0], operation(node)]);
  }

  const image = graph.input.find(({ name }) => name === 'image');
  const size = image?.type.tensor_type.shape.dim.at(-1)?.dim_value;
  if (!size) throw new TypeError('The model has no input `image` of fixed size.');
  return {
    size,
    run(input) {
      const values = new Map<string, Tf.Tensor>([['image', input]]);
      for (const [output, step] of steps) values.set(output, step(values));
      const map = values.get('features') as Tf.Tensor4D;
      const [n, height, width, dims] = map.shape;
      const features = tf.reshape(tf.transpose(map, [0, 3, 1, 2]), [n, dims, height * width]) as Tf.Tensor3D;
      return { embedding: values.get('embedding') as Tf.Tensor2D, features };
    },
    dispose() {
      for (const tensor of weights) tensor.dispose();
    },
  };
}
