import type { Constant } from './graph';

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
 */
export function quantiseWeights(weights: Constant, biases: Constant | undefined, inputScale: number): QuantisedWeights {
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
    let largest = 0;
    for (let i = start; i < start + perChannel; i++) largest = Math.max(largest, Math.abs(from[i]));
    // Nearly dead channels have weights so small that their bias would not fit.
    const enough = Math.abs(bias[channel]) / (inputScale * LARGEST_BIAS);
    const scale = Math.fround(Math.max(largest / 127, enough)) || 1;
    for (let i = start; i < start + perChannel; i++) result.values[i] = clamp(Math.round(from[i] / scale));
    const biasScale = Math.fround(inputScale * scale);
    result.scales[channel] = scale;
    result.biasScales[channel] = biasScale;
    result.biases[channel] = Math.round(bias[channel] / biasScale);
  }
  return result;
}

const clamp = (value: number) => Math.max(-127, Math.min(127, value));
