import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configSchema } from '../../plugin/contracts/config';
import { resolveModel } from '../../plugin/models/resolve';
import { startCore } from '../lib/core';
import { folderMedia } from '../lib/folder-media';
import { ordinaryPhotos } from '../lib/photos';
import { publish } from '../lib/report';
import { median } from '../lib/stats';

const ROUNDS = 9;
const PICTURES = 1_800;
const BATCH = 8;
const TARGET = 0.85;

/**
 * From the queue to searchable, in rounds that alternate with onnxruntime alone on ready tensors and with decoding alone. Both take all
 * cores: a picture that goes through both takes at least the sum of what each takes of it.
 */
export async function run(): Promise<void> {
  const threads = os.availableParallelism();
  const { path: modelPath, preprocessing } = await resolveModel('efficientnet-lite0');
  const options = { modelPath, threads, batchSize: BATCH, batches: PICTURES / BATCH };
  const worker = fork(path.join(__dirname, '../lib/bare-engine.ts'), [JSON.stringify(options)]);
  await once(worker, 'message');
  const bare = async (): Promise<number> => {
    worker.send('go');
    return PICTURES / (await once(worker, 'message'))[0];
  };

  const { limits } = configSchema.parse({});
  const { size: pixels, resize } = preprocessing;
  const decoding = { ...limits, size: pixels, resize, uncounted: limits.maxPixels };
  const decoder = fork(path.join(__dirname, '../lib/bare-decode.ts'), [
    JSON.stringify({ decoding, parallel: 2 * threads }),
  ]);
  await once(decoder, 'message');

  const paths = ordinaryPhotos(PICTURES * (ROUNDS + 1));
  let size = 0;
  const { core, close } = await startCore(
    folderMedia(paths, () => size),
    // A library is learnt from once it is embedded: that is not part of this.
    { engine: { batchSize: BATCH }, refine: { mode: 'off' } },
  );
  const ours = async (): Promise<number> => {
    const ids = Array.from({ length: PICTURES }, (_, i) => size + 1 + i);
    size += PICTURES;
    const start = performance.now();
    await core.enqueue(ids);
    while ((await core.progress()).indexed < size) await sleep(100);
    return PICTURES / ((performance.now() - start) / 1000);
  };

  /** The pictures of that round: some are much larger than others. */
  const decode = async (round: number): Promise<number> => {
    decoder.send(paths.slice(round * PICTURES, (round + 1) * PICTURES));
    return PICTURES / (await once(decoder, 'message'))[0];
  };

  await ours();
  await bare();
  await decode(0);
  const rates: Array<{ infers: number; decodes: number; indexes: number }> = [];
  for (let round = 0; round < ROUNDS; round++) {
    // Who comes first changes: a machine that slows down favours neither.
    const first = round % 2 === 0 ? undefined : await ours();
    const [infers, decodes] = [await bare(), await decode(round + 1)];
    rates.push({ infers, decodes, indexes: first ?? (await ours()) });
    console.log(`round ${round + 1}: ${JSON.stringify(rates[round])} pictures/s`);
  }
  await close();
  worker.kill();
  decoder.kill();

  const boundOf = ({ infers, decodes }: { infers: number; decodes: number }) => 1 / (1 / infers + 1 / decodes);
  const rateOf = (key: keyof (typeof rates)[number]) => median(rates.map((rate) => rate[key])).toFixed(1);
  const ofInference = median(rates.map(({ infers, indexes }) => indexes / infers));
  const ofBound = median(rates.map((rate) => rate.indexes / boundOf(rate)));
  publish('throughput', {
    title: 'Pictures indexed per second',
    method: `Bundled model, fp32, ${threads} threads, batches of ${BATCH}, ${PICTURES} JPEG photos a round, ${ROUNDS} alternating rounds after one to warm up. Ours: from queued to searchable (read, digest, decode, resize, embed, store in SQLite, add to the index; all processes; nothing is learnt from the library meanwhile). onnxruntime alone: in a process of its own, on tensors that are ready. Decoding alone: in a process of its own, from the file to the pixels that the model takes, ${2 * threads} pictures at once. Bound: both take all cores, so that a picture takes at least the sum of both: 1 / (1 / inference + 1 / decoding). Ratios: medians of the rounds' ratios.`,
    columns: ['What', 'pictures/s (median)', 'queued → searchable, as a share of it'],
    rows: [
      ['onnxruntime alone, ready tensors', rateOf('infers'), ofInference.toFixed(3)],
      ['decoding alone', rateOf('decodes'), median(rates.map((rate) => rate.indexes / rate.decodes)).toFixed(3)],
      ['bound: both, one after the other', median(rates.map(boundOf)).toFixed(1), ofBound.toFixed(3)],
      ['queued → searchable', rateOf('indexes'), '1'],
    ],
    targets: [
      { name: 'indexing / bound', wanted: `≥ ${TARGET}`, measured: ofBound.toFixed(3), met: ofBound >= TARGET },
    ],
  });
}
