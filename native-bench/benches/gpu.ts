import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { configSchema } from '../../plugin/contracts/config';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { decodePicture } from '../../plugin/embedder/process/decode';
import { createOnnxruntimeEngine } from '../../plugin/engines/onnxruntime';
import { type PixelSession, takingPixels } from '../../plugin/engines/pixel-session';
import type { ResolvedModel } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import { cosine } from '../../plugin/vectors/cosine';
import { alternate } from '../lib/bare-rate';
import { embedRate } from '../lib/embed-all';
import { ordinaryPhotos } from '../lib/photos';
import { publish } from '../lib/report';
import { convertedResNet50 } from '../lib/resnet50';
import { median } from '../lib/stats';

const BATCHES = [1, 8, 32, 128];
/** The default of `engine.batchSize`. */
const BATCH = 8;
const COMPARED = 256;
const EMBEDDED = 960;
const ROUNDS = 5;
const ROUND_MS = 800;

/** onnxruntime on a GPU beside the CPU of the same machine: rate per batch size, embeddings compared, the embedder around it. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-gpu-'));
  try {
    const rows: string[][] = [];
    for (const model of [await resolveModel('efficientnet-lite0'), (await convertedResNet50(folder)) as ResolvedModel])
      rows.push(...(await measured(model)));
    publish('gpu', {
      title: 'Embedding on a GPU',
      method: `onnxruntime on the GPU beside onnxruntime on all cores of the same machine. Inference: batches of pictures that are decoded, ${COMPARED} of them over and over, medians of ${ROUNDS} alternating rounds. Another size: the first batch of ${BATCH - 3} after batches of ${BATCH}, and the next one. Embedder: this project's, from JPEG files to vectors, ${EMBEDDED} a round, batches of ${BATCH}, medians of ${ROUNDS} alternating rounds after one to warm up. Cosine: the least one between what both give for one of ${COMPARED} photos. ResNet50 has random weights, which compute as long as trained ones.`,
      columns: ['Model', 'What', 'CPU', 'GPU', 'GPU / CPU'],
      rows,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(model: ResolvedModel): Promise<string[][]> {
  const { name, path: modelPath, preprocessing } = model;
  const options = { modelPath, threads: os.availableParallelism(), preprocessing };
  const [cpu, gpu] = await Promise.all([
    createOnnxruntimeEngine({ ...options, devices: 'cpu' }),
    createOnnxruntimeEngine({ ...options, devices: 'gpu' }),
  ]);
  console.log(`${name}: ${cpu.device} beside ${gpu.device}`);
  const sessions = [cpu, gpu].map((session) => takingPixels(session, preprocessing));
  const pixels = await pixelsOf(ordinaryPhotos(COMPARED), model);
  const values = 3 * preprocessing.size ** 2;
  const first = (n: number) => pixels.subarray(0, n * values);
  const rows: string[][] = [];
  const add = (what: string, [onCpu, onGpu]: number[], digits = 0) => {
    rows.push([name, what, onCpu.toFixed(digits), onGpu.toFixed(digits), (onGpu / onCpu).toFixed(1)]);
    console.log(rows.at(-1)!.join(' | '));
  };

  for (const n of BATCHES) {
    const [onCpu, onGpu] = sessions.map((session) => () => rateOf(session, pixels, n, values));
    add(`inference, batches of ${n}, pictures/s`, await medians(onCpu, onGpu));
  }
  for (const session of sessions) await session.run(first(BATCH), BATCH);
  for (const what of ['another size of batch, ms', 'the same again, ms']) {
    const [onCpu, onGpu] = sessions.map((session) => () => timeOf(() => session.run(first(BATCH - 3), BATCH - 3)));
    add(what, [await onCpu(), await onGpu()], 1);
  }
  rows.push([name, 'least cosine', '1', (await leastCosine(sessions, pixels, model)).toFixed(6), '']);
  for (const session of sessions) await session.dispose();

  const embedders = ['onnxruntime:cpu', 'onnxruntime:gpu'].map((engine) => createEmbedder({ model, engine }));
  try {
    const photos = ordinaryPhotos(EMBEDDED);
    const [onCpu, onGpu] = embedders.map((embedder) => () => embedRate(embedder, photos));
    add('embedder, JPEG to vector, pictures/s', await medians(onCpu, onGpu));
  } finally {
    for (const embedder of embedders) await embedder.close();
  }
  return rows;
}

async function medians(cpu: () => Promise<number>, gpu: () => Promise<number>): Promise<number[]> {
  const rates = await alternate(cpu, gpu, ROUNDS);
  return [0, 1].map((which) => median(rates.map((pair) => pair[which])));
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function leastCosine(sessions: PixelSession[], pixels: Uint8Array, { dims, preprocessing }: ResolvedModel) {
  const values = 3 * preprocessing.size ** 2;
  let least = 1;
  for (let at = 0; at < COMPARED; at += BATCH) {
    const some = pixels.subarray(at * values, (at + BATCH) * values);
    const [a, b] = [await sessions[0].run(some, BATCH), await sessions[1].run(some, BATCH)];
    for (let i = 0; i < BATCH * dims; i += dims)
      least = Math.min(least, cosine(a.embedding.subarray(i, i + dims), b.embedding.subarray(i, i + dims)));
  }
  return least;
}

async function rateOf(session: PixelSession, pixels: Uint8Array, n: number, values: number): Promise<number> {
  const start = performance.now();
  let pictures = 0;
  while (performance.now() - start < ROUND_MS) {
    const at = pictures % COMPARED;
    await session.run(pixels.subarray(at * values, (at + n) * values), n);
    pictures += n;
  }
  return pictures / ((performance.now() - start) / 1000);
}

async function pixelsOf(paths: string[], { preprocessing }: ResolvedModel): Promise<Uint8Array> {
  const { limits } = configSchema.parse({});
  const pictures = await Promise.all(
    paths.map(async (file) => {
      const decoded = await decodePicture(file, {
        ...limits,
        ...preprocessing,
        uncounted: limits.maxPixels,
        admit: async () => () => {},
        turn: async () => () => {},
      });
      if (!decoded.ok) throw new Error(`${file}: ${decoded.reason}`);
      return decoded.pixels;
    }),
  );
  return Buffer.concat(pictures);
}
