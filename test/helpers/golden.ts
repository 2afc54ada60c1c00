import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-common';
import { loadNativeRuntime } from '../../plugin/engines/native-runtime';
import type { Preprocessing } from '../../plugin/models/model';
import { sharedDir } from './shared';

interface GoldenEntry {
  png: string;
  resnet50_synthetic: number[];
  efficientnet_lite0: number[];
}

/** Pictures of 224 × 224 pixels with the embeddings that TensorFlow and PyTorch give for them; undefined when absent. */
export function golden(): GoldenEntry[] | undefined {
  const shared = sharedDir();
  if (!shared) return undefined;
  const folder = path.join(shared, 'models/golden');
  const entries: GoldenEntry[] = JSON.parse(readFileSync(path.join(folder, 'embeddings.json'), 'utf8'));
  return entries.map((entry) => ({ ...entry, png: path.join(folder, entry.png) }));
}

export const GOLDEN_MISSING = 'needs ../shared/models/golden, which is not there';

/** A picture that already has the model's size as one item of a batch: 3 × size × size, planar. */
export async function toInput(file: string, preprocessing: Preprocessing): Promise<Float32Array> {
  const { default: sharp } = await import('sharp');
  const { data } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { size, channels, mean, std } = preprocessing;
  const input = new Float32Array(3 * size * size);
  for (let channel = 0; channel < 3; channel++) {
    const from = channels === 'rgb' ? channel : 2 - channel;
    for (let i = 0; i < size * size; i++) {
      input[channel * size * size + i] = (data[i * 3 + from] - mean[channel]) / std[channel];
    }
  }
  return input;
}

/** Runs an ONNX file on ready inputs with onnxruntime on the CPU. */
export async function runOnnx(
  file: string,
  inputs: Float32Array[],
  size = 224,
  options: InferenceSession.SessionOptions = {},
): Promise<Record<string, Float32Array>> {
  const { InferenceSession, Tensor } = loadNativeRuntime();
  const session = await InferenceSession.create(file, { ...options, executionProviders: ['cpu'] });
  const batch = new Float32Array(inputs.length * 3 * size * size);
  for (const [i, input] of inputs.entries()) batch.set(input, i * input.length);
  try {
    const outputs = await session.run({ image: new Tensor('float32', batch, [inputs.length, 3, size, size]) });
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  } finally {
    await session.release();
  }
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return dot / Math.sqrt(aa * bb);
}

/** ‖a − b‖ / ‖b‖ */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    norm += b[i] ** 2;
  }
  return Math.sqrt(difference / norm);
}
