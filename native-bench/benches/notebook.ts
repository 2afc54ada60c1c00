import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { INT8_ENGINE } from '../../plugin/int8/quantiser';
import type { ResolvedModel } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import { startBareRate } from '../lib/bare-rate';
import { embedRate } from '../lib/embed-all';
import { ordinaryPhotos } from '../lib/photos';
import { startPythonPeer } from '../lib/python-peer';
import { quantised } from '../lib/quantised';
import { publish } from '../lib/report';
import { convertedResNet50, RESNET50 } from '../lib/resnet50';
import { median } from '../lib/stats';

const ROUNDS = 5;
const NOTEBOOK_PICTURES = 40;
const PICTURES = 480;
const BATCHES = 5;
const CALIBRATION = 200;

type Round = () => Promise<number>;

/** The project's embedder beside the loop of the notebook that it grew from, and onnxruntime beside Python's. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-notebook-'));
  const photos = ordinaryPhotos(PICTURES);
  const threads = os.availableParallelism();
  const bundled = await resolveModel('efficientnet-lite0');
  const closing: Array<() => unknown> = [];
  try {
    const resnet50 = await convertedResNet50(folder);
    const int8Of = async (model: typeof resnet50, name: string) => {
      const target = path.join(folder, name);
      await quantised(model, photos.slice(0, CALIBRATION), target);
      return { ...model, path: target };
    };
    const models: Record<string, typeof resnet50> = {
      'resnet50, fp32': resnet50,
      'resnet50, int8': await int8Of(resnet50, 'resnet50-int8.onnx'),
      'efficientnet-lite0, fp32': bundled,
      'efficientnet-lite0, int8': await int8Of(bundled, 'efficientnet-lite0-int8.onnx'),
    };

    const notebook = await startPythonPeer('notebook.py', [RESNET50]);
    const python = await startPythonPeer('onnxruntime_loop.py', [resnet50.path, String(threads)]);
    const node = await startBareRate(resnet50.path, { batches: BATCHES });
    closing.push(notebook.close, python.close, node.close);
    const rounds: Record<string, Round> = {
      notebook: async () => {
        const some = photos.slice(0, NOTEBOOK_PICTURES);
        return some.length / (await notebook.ask(JSON.stringify(some)));
      },
      'Python onnxruntime': async () => (8 * BATCHES) / (await python.ask(String(BATCHES))),
      'onnxruntime here': node.round,
    };
    for (const [name, model] of Object.entries(models)) {
      const embedder = createEmbedder({ model: model as ResolvedModel, engine: INT8_ENGINE });
      closing.push(() => embedder.close());
      rounds[name] = () => embedRate(embedder, photos);
    }

    const rates: Record<string, number[]> = Object.fromEntries(Object.keys(rounds).map((name) => [name, []]));
    for (const round of Object.values(rounds)) await round();
    for (let i = 0; i < ROUNDS; i++) {
      const names = Object.keys(rounds);
      // Who comes first changes: a machine that slows down favours nobody.
      for (const name of i % 2 === 0 ? names : names.reverse()) rates[name].push(await rounds[name]());
    }

    const ratio = (name: string, to: string) => median(rates[name].map((rate, i) => rate / rates[to][i]));
    const row = (name: string, to: string) => [
      name,
      median(rates[name]).toFixed(1),
      `× ${ratio(name, to).toFixed(2)}`,
      to,
    ];
    const target = (name: string, to: string, least: number) => ({
      name: `${name} / ${to}`,
      wanted: `≥ ${least}`,
      measured: ratio(name, to).toFixed(2),
      met: ratio(name, to) >= least,
    });
    publish('notebook', {
      title: 'The notebook’s loop',
      method: `From JPEG files to embeddings: the notebook's loop (Keras load_img and predict, ResNet50, one picture at a time) and the project's embedder, and onnxruntime on ready tensors from Python and from Node on the same ResNet50 file. ${ROUNDS} rounds of each in turn, ${threads} threads, medians, ratios: median of the rounds' ratios. ResNet50 has random weights.`,
      columns: ['What', 'pictures/s', 'ratio', 'to'],
      rows: [
        row('notebook', 'notebook'),
        ...Object.keys(models).map((name) => row(name, 'notebook')),
        row('Python onnxruntime', 'Python onnxruntime'),
        row('onnxruntime here', 'Python onnxruntime'),
      ],
      targets: [
        target('onnxruntime here', 'Python onnxruntime', 0.97),
        target('resnet50, fp32', 'notebook', 2.5),
        target('resnet50, int8', 'notebook', 8),
        target('efficientnet-lite0, fp32', 'notebook', 15),
        target('efficientnet-lite0, int8', 'notebook', 30),
      ],
    });
  } finally {
    for (const close of closing) await close();
    rmSync(folder, { recursive: true, force: true });
  }
}
