import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxValue } from '../models/onnx-file';
import { AttributeType, DataType } from '../models/onnx-schema';
import { notQuantisable, planOf } from './plan';

/** Tensor → smallest and largest value that was seen in it. */
export type Ranges = Record<string, [min: number, max: number]>;

/** u8 value q stands for (q − zero) · scale. */
export interface Levels {
  scale: number;
  zero: number;
}

const MIN = '/min';
const MAX = '/max';

/** The model with two more outputs for each tensor that is to be quantised: its smallest and its largest value. */
export function calibrationModel(model: OnnxModel): OnnxModel {
  const { activations } = planOf(model);
  const extremes = activations.flatMap((name) => [reduce('ReduceMin', name, MIN), reduce('ReduceMax', name, MAX)]);
  const { graph } = model;
  return {
    ...model,
    graph: {
      ...graph,
      node: [...graph.node, ...extremes],
      output: [...graph.output, ...extremes.map(({ output }) => scalar(output[0]))],
    },
  };
}

/** Widens `ranges` by what one run of the calibration model put out. */
export function widen(ranges: Ranges, outputs: Record<string, { data: unknown }>): void {
  for (const [name, { data }] of Object.entries(outputs)) {
    if (!name.endsWith(MIN)) continue;
    const tensor = name.slice(0, -MIN.length);
    const min = (data as Float32Array)[0];
    const max = (outputs[`${tensor}${MAX}`].data as Float32Array)[0];
    if (!Number.isFinite(min) || !Number.isFinite(max))
      throw notQuantisable(`${tensor} contains values that are not numbers`);
    const [low, high] = ranges[tensor] ?? [min, max];
    ranges[tensor] = [Math.min(low, min), Math.max(high, max)];
  }
}

/** Zero is exact, since convolutions pad with it. @throws SimilarError `NOT_QUANTISABLE` */
export function levelsOf(ranges: Ranges, tensor: string): Levels {
  const range = ranges[tensor];
  if (!range?.every(Number.isFinite)) throw notQuantisable(`no range was measured for ${tensor}`);
  const low = Math.min(range[0], 0);
  const high = Math.max(range[1], 0);
  // A tensor that is always zero still needs a scale.
  const scale = Math.fround((high - low) / 255) || 1;
  return { scale, zero: Math.min(255, Math.max(0, Math.round(-low / scale))) };
}

function reduce(op_type: string, tensor: string, suffix: string): OnnxNode {
  const keepdims: OnnxAttribute = { name: 'keepdims', i: 0, type: AttributeType.INT };
  const output = `${tensor}${suffix}`;
  return { name: output, op_type, input: [tensor], output: [output], attribute: [keepdims] };
}

function scalar(name: string): OnnxValue {
  return { name, type: { tensor_type: { elem_type: DataType.FLOAT, shape: { dim: [] } } } };
}
