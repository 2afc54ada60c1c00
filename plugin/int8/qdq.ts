import type { OnnxModel, OnnxNode, OnnxTensor } from '../models/onnx-file';
import { AttributeType, DataType } from '../models/onnx-schema';
import { notQuantisable, type Plan, planOf } from './plan';
import { type Levels, levelsOf, type Ranges } from './ranges';
import { quantiseWeights } from './weights';

/**
 * The model with QuantizeLinear and DequantizeLinear around every tensor and weight that can be 8-bit, which onnxruntime fuses
 * into integer kernels. Inputs and outputs stay float32, and so does the pooling of the last feature map.
 * @throws SimilarError `NOT_QUANTISABLE`
 */
export function quantisedModel(model: OnnxModel, ranges: Ranges): OnnxModel {
  const plan = planOf(model);
  const inputs = new Set(model.graph.input.map(({ name }) => name));
  const out = writer(plan);
  const levels = new Map<string, Levels>();
  for (const name of plan.activations) {
    const source = plan.pooled.get(name);
    levels.set(name, source ? levels.get(source)! : levelsOf(ranges, name));
  }

  for (const name of inputs) {
    const found = levels.get(name);
    if (found) out.quantise(name, name, `${name}/dequantised`, found);
  }
  for (const node of plan.nodes) {
    const input = node.input.map((name) => (inputs.has(name) && levels.has(name) ? `${name}/dequantised` : name));
    const [output] = node.output;
    const found = levels.get(output);
    if (node.op_type === 'Conv') input.splice(1, 2, ...out.weights(node, levels.get(node.input[0])!));
    else for (const name of input) out.constant(name);
    if (!found) out.node({ ...node, input });
    else {
      out.node({ ...node, input, output: [`${output}/float`] });
      out.quantise(output, `${output}/float`, output, found);
    }
  }
  return { ...model, graph: { ...model.graph, node: out.nodes, initializer: out.initializer } };
}

/** Each output channel has one input channel, and no two have the same. */
function isDepthwise([outputs, inputs]: number[], attribute: OnnxNode['attribute']): boolean {
  const groups = attribute.find(({ name }) => name === 'group')?.i ?? 1;
  return inputs === 1 && groups > 1 && groups === outputs;
}

function writer({ constants }: Plan) {
  const nodes: OnnxNode[] = [];
  const initializer: OnnxTensor[] = [];
  const written = new Set<string>();

  const tensor = (name: string, dims: number[], data_type: number, data: ArrayBufferView): string => {
    if (!written.has(name)) {
      const raw_data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      initializer.push({ name, dims, data_type, raw_data, float_data: [], int32_data: [], int64_data: [] });
    }
    written.add(name);
    return name;
  };
  const node = (added: OnnxNode) => void nodes.push(added);
  const simple = (op_type: string, input: string[], output: string, axis?: number): string => {
    const attribute = axis === undefined ? [] : [{ name: 'axis', i: axis, type: AttributeType.INT }];
    node({ name: `${output}/${op_type}`, op_type, input, output: [output], attribute });
    return output;
  };

  return {
    nodes,
    initializer,
    node,

    /** float32 `from` → u8 → float32 `to`. */
    quantise(name: string, from: string, to: string, { scale, zero }: Levels): void {
      const steps = [
        tensor(`${name}/scale`, [], DataType.FLOAT, Float32Array.of(scale)),
        tensor(`${name}/zero`, [], DataType.UINT8, Uint8Array.of(zero)),
      ];
      simple('DequantizeLinear', [simple('QuantizeLinear', [from, ...steps], `${name}/u8`), ...steps], to);
    },

    /** @returns the inputs of the convolution for its weights and biases. */
    weights({ input, output: [name], attribute }: OnnxNode, { scale: inputScale }: Levels): string[] {
      const weights = constants.get(input[1])!;
      if (weights.dims.length !== 4) throw notQuantisable(`${name} has weights of shape [${weights.dims}]`);
      const { values, scales, biases, biasScales } = quantiseWeights(weights, constants.get(input[2]), {
        inputScale,
        depthwise: isDepthwise(weights.dims, attribute),
      });
      const channels = [scales.length];
      const perChannel = (
        what: string,
        dims: number[],
        type: number,
        data: ArrayBufferView,
        steps: Float32Array,
        zeros: ArrayBufferView,
      ) =>
        simple(
          'DequantizeLinear',
          [
            tensor(`${name}/${what}/values`, dims, type, data),
            tensor(`${name}/${what}/scale`, channels, DataType.FLOAT, steps),
            tensor(`${name}/${what}/zero`, channels, type, zeros),
          ],
          `${name}/${what}`,
          0,
        );
      return [
        perChannel('weights', weights.dims, DataType.INT8, values, scales, new Int8Array(scales.length)),
        perChannel('biases', channels, DataType.INT32, biases, biasScales, new Int32Array(scales.length)),
      ];
    },

    /** Carries a constant over that a float operator takes. */
    constant(name: string): void {
      const found = constants.get(name);
      if (!found || written.has(name)) return;
      if (found.tensor.name !== name) tensor(name, found.dims, DataType.FLOAT, found.values());
      else initializer.push(found.tensor);
      written.add(name);
    },
  };
}
