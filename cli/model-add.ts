import type { CustomModel } from '../plugin/contracts/custom-model';
import { createEmbedder } from '../plugin/embedder/embedder';
import { outputShape } from '../plugin/engines/output-shape';
import { type ProposeOptions, proposeModel } from '../plugin/models/propose';
import { resolveModel } from '../plugin/models/resolve';
import { type Streams, UsageError } from './command';
import { interruptible } from './interrupt';
import { modelProgress } from './model-progress';

/** Looks into an ONNX file, tries it, and prints what to write into the configuration. */
export async function addModel(
  source: string | undefined,
  options: ProposeOptions,
  streams: Streams,
  json: boolean,
): Promise<number> {
  if (source === undefined) throw new UsageError('Expected the path or the URL of an ONNX file.');
  const { log, onProgress, stop } = modelProgress(source, streams.err);
  return interruptible(streams.err, async (signal) => {
    const { name, entry, guesses } = await proposeModel(source, {
      ...options,
      shapeOf: outputShape,
      signal,
      onProgress,
      log,
    }).finally(stop);
    await tryOut(name, entry, options.cacheDir);
    streams.out.write(`${JSON.stringify({ model: name, models: { custom: { [name]: entry } } }, null, 2)}\n`);
    if (!json) for (const guess of guesses) streams.err.write(`${guess}\n`);
    if (!json) streams.err.write('It was run with two pictures: its vectors have numbers, and differ.\n');
    return 0;
  });
}

/** Runs it as a Strapi would. @throws SimilarError that names the key that does not fit. */
async function tryOut(name: string, entry: CustomModel, cacheDir?: string): Promise<void> {
  const model = await resolveModel(name, { cacheDir, offline: true, custom: { [name]: entry } });
  const embedder = createEmbedder({ model, batchSize: 2 });
  try {
    // No picture: it is answered once the model has been tried.
    await embedder.embed(model.path);
  } finally {
    await embedder.close();
  }
}
