import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { INT8_ENGINE, type Trial } from '../../plugin/int8/quantiser';
import type { ResolvedModel } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import { alternate, startBareRate } from '../lib/bare-rate';
import { embedRate, embedWith } from '../lib/embed-all';
import { readPhotos, retrievalSets } from '../lib/photos';
import { quantised } from '../lib/quantised';
import { publish, type Report } from '../lib/report';
import { convertedResNet50, RESNET50 } from '../lib/resnet50';
import { retrieval } from '../lib/retrieval';
import { median } from '../lib/stats';

const ROUNDS = 15;
const PICTURES = 400;
const LARGEST_LOSS = 0.005;

type Model = Pick<ResolvedModel, 'path'> & Omit<ResolvedModel, 'sha256' | 'path'>;
type Outcome = Pick<Required<Report>, 'rows' | 'targets'>;

/** The int8 model against the fp32 one it is made from: pictures per second, and how often neighbours are of the same kind. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-int8-'));
  const sets = retrievalSets(readPhotos());
  const library = [...new Set(Object.values(sets).flatMap((set) => set.map((photo) => photo.path)))].sort();
  const pictures = spread(library, PICTURES);
  try {
    const bundled = await resolveModel('efficientnet-lite0');
    const int8 = path.join(folder, 'efficientnet-lite0-int8.onnx');
    const tried = await quantised(bundled, pictures, int8);
    const outcomes = [
      trial(bundled.name, tried),
      await speed(bundled.name, bundled.path, int8, { batches: 20, wanted: 2 }),
      await throughEmbedder(bundled, int8, pictures),
      await precision(bundled, int8, sets),
    ];
    if (existsSync(RESNET50)) outcomes.push(...(await resnet50(folder, pictures)));
    publish('int8', {
      title: 'int8 against fp32 on the CPU',
      method: `Static QDQ (u8 activations, s8 weights per channel, no pair of which can saturate 16 bits), smallest and largest values of 100 of ${library.length} photos. Speed: ${os.availableParallelism()} threads, batches of 8, ${ROUNDS} alternating rounds of the two models in processes of their own, medians, ratio: median of the rounds’ ratios with the smallest and largest. ResNet50 has synthetic weights: its speed counts, its precision does not. precision@7: every photo of a set asked against the others of its set, exact search. Own check: what the plugin measures without labels on 300 other photos before it uses the model (docs/decisions/8-int8.md).`,
      columns: ['What', 'fp32', 'int8', 'int8 against fp32', 'n'],
      rows: outcomes.flatMap(({ rows }) => rows),
      targets: outcomes.flatMap(({ targets }) => targets),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function resnet50(folder: string, pictures: readonly string[]): Promise<Outcome[]> {
  const model = await convertedResNet50(folder);
  const int8 = path.join(folder, 'resnet50-int8.onnx');
  const tried = await quantised(model, pictures.slice(0, 200), int8);
  const rate = await speed('resnet50 (synthetic)', model.path, int8, { batches: 4, wanted: 3 });
  return [trial('resnet50 (synthetic)', tried), rate];
}

function trial(name: string, { measured }: Trial): Outcome {
  const { kept, cosine, speed, pictures } = measured;
  const row = (what: string, value: string) => [`${name}, own check: ${what}`, '1', value, '', pictures];
  return {
    rows: [
      row('likeness kept', kept.toFixed(4)),
      row('mean cosine', cosine.toFixed(4)),
      row('speed', speed.toFixed(2)),
    ],
    targets: [],
  };
}

async function speed(
  name: string,
  fp32: string,
  int8: string,
  { batches, wanted }: { batches: number; wanted: number },
) {
  const engines = [await startBareRate(fp32, { batches }), await startBareRate(int8, { batches })];
  const rates = await alternate(engines[0].round, engines[1].round, ROUNDS);
  for (const engine of engines) engine.close();
  return outcome(`${name}, onnxruntime alone, images/s`, rates, wanted);
}

async function throughEmbedder(model: Model & ResolvedModel, int8: string, pictures: readonly string[]) {
  const embedders = [model.path, int8].map((file) =>
    createEmbedder({ model: { ...model, path: file }, engine: INT8_ENGINE }),
  );
  const [fp32Rate, int8Rate] = embedders.map((embedder) => () => embedRate(embedder, pictures));
  const rates = await alternate(fp32Rate, int8Rate, 5);
  await Promise.all(embedders.map((embedder) => embedder.close()));
  return outcome(`${model.name}, JPEG to vector, images/s`, rates);
}

function outcome(name: string, rates: Array<[fp32: number, int8: number]>, wanted?: number): Outcome {
  const ratios = rates.map(([fp32, int8]) => int8 / fp32);
  const ratio = median(ratios).toFixed(2);
  const spreadOf = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const [fp32, int8] = [0, 1].map((which) => median(rates.map((pair) => pair[which])).toFixed(1));
  return {
    rows: [[name, fp32, int8, `× ${ratio} (${spreadOf})`, rates.length]],
    targets: wanted ? [{ name, wanted: `≥ ${wanted} ×`, measured: ratio, met: Number(ratio) >= wanted }] : [],
  };
}

async function precision(model: ResolvedModel, int8: string, sets: ReturnType<typeof retrievalSets>): Promise<Outcome> {
  const result: Outcome = { rows: [], targets: [] };
  for (const [set, photos] of Object.entries(sets)) {
    const labels = photos.map((photo) => photo.class);
    const values: number[] = [];
    for (const file of [model.path, int8]) {
      const embedder = createEmbedder({ model: { ...model, path: file }, engine: INT8_ENGINE });
      values.push(
        retrieval(
          await embedWith(
            embedder,
            photos.map(({ path: photo }) => photo),
          ),
          labels,
        ).precisionAt7,
      );
      await embedder.close();
    }
    const change = values[1] - values[0];
    const name = `${model.name}, precision@7 ${set}`;
    const signed = `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(4)}`;
    result.rows.push([name, values[0].toFixed(4), values[1].toFixed(4), signed, photos.length]);
    result.targets.push({ name, wanted: `loss ≤ ${LARGEST_LOSS}`, measured: signed, met: -change <= LARGEST_LOSS });
  }
  return result;
}

/** Evenly from the whole list, in an order in which every part of it is again spread over the whole. */
function spread(list: readonly string[], count: number): string[] {
  const even = Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]);
  const step = 4;
  return Array.from({ length: step }, (_, start) => even.filter((_, i) => i % step === start)).flat();
}
