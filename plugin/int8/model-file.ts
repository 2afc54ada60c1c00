import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { SimilarError } from '../errors';
import { sha256Of } from '../files/sha256';
import { cacheDir, int8Files, readManifest, writeManifest } from '../models/cache';
import type { ResolvedModel } from '../models/model';
import type { Quantiser } from './quantiser';
import type { Ranges } from './ranges';

/** Grows when the same ranges give another file. */
const WRITER_VERSION = 3;

/**
 * The int8 model that the fp32 one and the ranges give: from the cache, else written. Processes that write it at the same time
 * write the same bytes.
 */
export async function int8File(
  fp32: ResolvedModel,
  ranges: Ranges,
  options: { cacheDir?: string; quantiser: Quantiser },
): Promise<ResolvedModel> {
  const files = int8Files(cacheDir(options.cacheDir), fp32.name, fp32.sha256, digestOf(ranges));
  const found = await readManifest(files, fp32.sha256);
  const model = (sha256: string): ResolvedModel => ({ ...fp32, precision: 'int8', path: files.onnx, sha256 });
  if (found && (await sha256Of(files.onnx)) === found.onnx) return model(found.onnx);

  try {
    await options.quantiser.write(ranges, files.onnx);
    const [onnx, { size: bytes }] = [await sha256Of(files.onnx), await stat(files.onnx)];
    await writeManifest(files, { model: fp32.name, weights: fp32.sha256, onnx, bytes });
    return model(onnx);
  } catch (error) {
    if (error instanceof SimilarError && error.code === 'NOT_QUANTISABLE') throw error;
    const text = `The int8 model cannot be written (${(error as Error).message}); is \`models.cacheDir\` writable?`;
    throw new SimilarError('MODEL_UNAVAILABLE', text, { model: fp32.name }, { cause: error });
  }
}

function digestOf(ranges: Ranges): string {
  const sorted = Object.entries(ranges).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([WRITER_VERSION, sorted]))
    .digest('hex');
}
