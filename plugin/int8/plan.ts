import { SimilarError } from '../errors';
import { floatsOf, type OnnxGraph, type OnnxModel, type OnnxNode, type OnnxTensor } from '../models/onnx-file';

/** Constant float tensor, e.g. the weights of a convolution. */
export interface Constant {
  dims: number[];
  tensor: OnnxTensor;
  values(): Float32Array;
}

/** What of a model is to be quantised. */
export interface Plan {
  /** Without casts of constants, and with each ReLU or clip left out that `absorbed` names. */
  nodes: OnnxNode[];
  constants: Map<string, Constant>;
  /** Tensors that become 8-bit, in the order of the graph. */
  activations: string[];
  /** Pooled tensor → the one it is taken from: both have the same range. */
  pooled: Map<string, string>;
}

/** Operators that onnxruntime computes with integers when tensors around them are quantised. */
const INTEGER = new Set(['Conv', 'Add', 'MaxPool']);

/** @throws SimilarError `NOT_QUANTISABLE` when the model has no convolution with constant weights. */
export function planOf({ graph }: OnnxModel): Plan {
  const constants = constantsOf(graph);
  const nodes = absorbClips(
    graph.node.filter((node) => !(node.op_type === 'Cast' && constants.has(node.output[0]))),
    graph,
    constants,
  );
  const pooled = new Map<string, string>();
  const activations = new Set<string>();
  let convolutions = 0;
  for (const node of nodes) {
    if (!INTEGER.has(node.op_type)) continue;
    if (node.op_type === 'Conv') {
      if (!node.input.slice(1).every((name) => constants.has(name)))
        throw notQuantisable(`${node.output[0]} has no constant weights`);
      convolutions++;
    }
    if (node.op_type === 'MaxPool') pooled.set(node.output[0], node.input[0]);
    const inputs = node.op_type === 'Add' ? node.input : node.input.slice(0, 1);
    if (inputs.some((name) => constants.has(name))) throw notQuantisable(`${node.output[0]} takes a constant`);
    for (const name of [...inputs, node.output[0]]) activations.add(name);
  }
  if (convolutions === 0) throw notQuantisable('it has no convolution');
  return { nodes, constants, activations: [...activations], pooled };
}

export function notQuantisable(why: string): SimilarError {
  return new SimilarError('NOT_QUANTISABLE', `The model cannot be quantised: ${why}`);
}

/** Initializers, and those that a cast widens (weights kept as float16). */
function constantsOf({ initializer, node }: OnnxGraph): Map<string, Constant> {
  const constants = new Map(initializer.map((tensor) => [tensor.name, constant(tensor)]));
  for (const { op_type, input, output } of node) {
    const source = op_type === 'Cast' && constants.get(input[0]);
    if (source) constants.set(output[0], source);
  }
  return constants;
}

function constant(tensor: OnnxTensor): Constant {
  const dims = tensor.dims ?? [];
  return {
    dims,
    tensor,
    values() {
      const values = floatsOf(tensor);
      const wanted = dims.reduce((a, b) => a * b, 1);
      if (values.length === wanted && values.every(Number.isFinite)) return values;
      throw notQuantisable(
        `${tensor.name} has ${values.length} values that are not all finite, or not those of [${dims}]`,
      );
    },
  };
}

/**
 * Leaves out every ReLU and clip at 0 right behind a convolution or an addition: a tensor of u8 with its zero at 0 and its
 * largest value at the largest that was seen is cut off there anyway.
 */
function absorbClips(nodes: OnnxNode[], graph: OnnxGraph, constants: Map<string, Constant>): OnnxNode[] {
  const outputs = new Set(graph.output.map(({ name }) => name));
  const producer = new Map(nodes.map((node) => [node.output[0], node]));
  const uses = (name: string) => nodes.filter((node) => node.input.includes(name)).length;
  const remaining = new Map<OnnxNode, OnnxNode>();
  const gone = new Set<OnnxNode>();
  for (const node of nodes) {
    if (!cutsAtZero(node, constants)) continue;
    const before = producer.get(node.input[0]);
    if (!before || !['Conv', 'Add'].includes(before.op_type)) continue;
    if (outputs.has(node.input[0]) || uses(node.input[0]) > 1) continue;
    remaining.set(before, { ...before, output: node.output });
    gone.add(node);
  }
  return nodes.filter((node) => !gone.has(node)).map((node) => remaining.get(node) ?? node);
}

function cutsAtZero({ op_type, input }: OnnxNode, constants: Map<string, Constant>): boolean {
  if (op_type === 'Relu') return true;
  return op_type === 'Clip' && constants.get(input[1])?.values()[0] === 0;
}
