import type { Constant } from './plan';

export interface QuantisedWeights {
  values: Int8Array;
  /** One per output channel. */
  scales: Float32Array;
  biases: Int32Array;
  biasScales: Float32Array;
}

/** Keeps the sum of a bias and its products within an int32. */
const LARGEST_BIAS = 2 ** 30;

/**
 * Symmetric s8 weights with a scale per output channel; biases as int32 in steps of input scale × weight scale, in which
 * the products are added up.
 *
 * Without VNNI, onnxruntime adds up pairs of products u8 × s8 in 16 bits, which saturate: 2 · 255 · 127 is more than 32,767. So
 * the sum of every two weights that may meet stays at 128 or less, and one file gives the same vectors on every CPU; most
 * weights still have nearly 8 bits (docs/decisions/14-paired-weights.md).
 * @param depthwise each output channel has an input channel of its own: onnxruntime adds those up in 32 bits.
 */
export function quantiseWeights(
  weights: Constant,
  biases: Constant | undefined,
  { inputScale, depthwise = false }: { inputScale: number; depthwise?: boolean },
): QuantisedWeights {
  const channels = weights.dims[0];
  const from = weights.values();
  const bias = biases?.values() ?? new Float32Array(channels);
  const perChannel = from.length / channels;
  const result: QuantisedWeights = {
    values: new Int8Array(from.length),
    scales: new Float32Array(channels),
    biases: new Int32Array(channels),
    biasScales: new Float32Array(channels),
  };
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * perChannel;
    const own = from.subarray(start, start + perChannel);
    const largest = Math.max(largestOf(own), depthwise ? 0 : largestPair(own, weights.dims));
    // Nearly dead channels have weights so small that their bias would not fit.
    const enough = Math.abs(bias[channel]) / (inputScale * LARGEST_BIAS);
    const scale = Math.fround(Math.max(largest / MOST, enough)) || 1;
    for (let i = start; i < start + perChannel; i++) result.values[i] = clamp(Math.round(from[i] / scale));
    const biasScale = Math.fround(inputScale * scale);
    result.scales[channel] = scale;
    result.biasScales[channel] = biasScale;
    result.biases[channel] = Math.round(bias[channel] / biasScale);
  }
  return result;
}

const MOST = 127;

const clamp = (value: number) => Math.max(-MOST, Math.min(MOST, value));

const largestOf = (values: Float32Array) => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/**
 * Largest sum of two weights of one sign that may be added up as a pair: of neighbours, with the channels as the outermost or the
 * innermost dimension, as onnxruntime lays them out for one or the other kernel.
 * @param values of one output channel.
 * @param dims of all weights: output channels, input channels, height, width.
 */
function largestPair(values: Float32Array, [, inputs, height, width]: number[]): number {
  const places = height * width;
  const channelsInnermost = values.map((_, i) => values[(i % inputs) * places + Math.floor(i / inputs)]);
  return Math.max(largestOfNeighbours(values), largestOfNeighbours(channelsInnermost));
}

function largestOfNeighbours(values: Float32Array): number {
  let largest = 0;
  for (let i = 1; i < values.length; i++) {
    const [a, b] = [values[i - 1], values[i]];
    if (a * b > 0) largest = Math.max(largest, Math.abs(a + b));
  }
  return largest;
}
