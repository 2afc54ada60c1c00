import type { ModelTensors } from '../models/model';
import type { EngineOutput } from './engine';
import { runFull } from './full-batches';

/** Runs a model of one's own over n pictures, as many at a time as it takes. @param floats n × 3 × size × size */
export async function runForeign(
  floats: Float32Array,
  n: number,
  { size, tensors: { input, output } }: { size: number; tensors: ModelTensors },
  run: (input: RawTensor) => Promise<RawTensor>,
): Promise<EngineOutput> {
  const { batch = n } = input;
  return runFull(floats, n, batch, async (full) =>
    outputOf(await run(inputOf(full, batch, size, input)), batch, output),
  );
}

/** As a runtime takes or gives it. */
export interface RawTensor {
  data: Float32Array;
  dims: readonly number[];
}

/** What a model of one's own is given for n pictures. @param floats n × 3 × size × size */
export function inputOf(floats: Float32Array, n: number, size: number, { layout }: ModelTensors['input']): RawTensor {
  const ordered = layout === 'nchw' ? floats : interleaved(floats, n, size);
  const dims = layout === 'nchw' ? [n, 3, size, size] : [n, size, size, 3];
  return { data: ordered, dims };
}

function interleaved(floats: Float32Array, n: number, size: number): Float32Array {
  const plane = size * size;
  const result = new Float32Array(floats.length);
  let out = 0;
  for (let picture = 0; picture < n; picture++) {
    const from = 3 * plane * picture;
    for (let i = from; i < from + plane; i++) {
      result[out++] = floats[i];
      result[out++] = floats[i + plane];
      result[out++] = floats[i + 2 * plane];
    }
  }
  return result;
}

/** Whether a cosine of it can be explained: its embedding is the mean of what it sees in parts of the picture. */
export const hasFeatures = (tensors?: ModelTensors): boolean =>
  !tensors || tensors.output.take === 'map' || tensors.output.take === 'meanOfPatches';

/**
 * The embeddings, and the features whose mean they are, in what a model of one's own gave for n pictures.
 * @throws Error when its shape is not what the configuration says.
 */
export function outputOf(raw: RawTensor, n: number, { name, take, dims }: ModelTensors['output']): EngineOutput {
  const { data } = raw;
  const shape = `output ${name} is [${raw.dims.join(', ')}] for ${n} pictures`;
  const wrong = (key: string, expected: string) => new Error(`${key}: expected ${expected}, but ${shape}`);
  if (raw.dims[0] !== n) throw wrong('output.name', 'one vector a picture');
  if (take === 'pooled') {
    if (data.length !== n * dims) throw wrong('output.dims', `${dims} numbers a picture`);
    return { embedding: data };
  }
  if (take === 'map') {
    if (raw.dims.length !== 4 || raw.dims[1] !== dims) throw wrong('output.take', `[n, ${dims}, height, width]`);
    return { embedding: meansOf(data, n * dims, raw.dims[2] * raw.dims[3]), features: data };
  }
  const tokens = raw.dims[1];
  if (raw.dims.length !== 3 || raw.dims[2] !== dims) throw wrong('output.take', `[n, tokens, ${dims}]`);
  const tokenOf = (picture: number, token: number) => {
    const start = (picture * tokens + token) * dims;
    return data.subarray(start, start + dims);
  };
  if (take === 'cls') {
    const embedding = new Float32Array(n * dims);
    for (let picture = 0; picture < n; picture++) embedding.set(tokenOf(picture, 0), picture * dims);
    return { embedding };
  }
  // Patches form a square; what comes before them is a class token, and registers.
  const patches = Math.floor(Math.sqrt(tokens)) ** 2;
  const features = new Float32Array(n * dims * patches);
  for (let picture = 0; picture < n; picture++) {
    for (let patch = 0; patch < patches; patch++) {
      const token = tokenOf(picture, tokens - patches + patch);
      for (let d = 0; d < dims; d++) features[(picture * dims + d) * patches + patch] = token[d];
    }
  }
  return { embedding: meansOf(features, n * dims, patches), features };
}

/** Of `count` runs of `length` numbers each. */
function meansOf(values: Float32Array, count: number, length: number): Float32Array {
  const means = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let at = i * length; at < (i + 1) * length; at++) sum += values[at];
    means[i] = sum / length;
  }
  return means;
}
