import { sha256Of } from '../files/sha256';
import { type CacheFiles, cacheDir, cacheFiles, readManifest, removeLeftovers, writeManifest } from './cache';
import { convertWeights } from './convert';
import type { KerasSource, ModelEntry } from './entry';
import { inCache } from './in-cache';
import type { ModelOptions } from './options';
import { findWeights } from './weights';

export type KerasEntry = ModelEntry & { source: KerasSource };

/**
 * The converted ONNX file of a Keras model: from the cache, else made from its weights by one process at a time.
 * @throws SimilarError `MODEL_UNAVAILABLE`, `MODEL_DAMAGED`, `WEIGHTS_INVALID`
 */
export async function kerasModelFile(
  entry: KerasEntry,
  options: ModelOptions,
): Promise<{ path: string; sha256: string }> {
  const { files, sha256 } = locate(entry, options);
  const ready = await readConverted(files, sha256, options);
  if (ready) return ready;

  return inCache(entry.name, files.lock, options, (signal) => prepare(entry, options, signal));
}

/** Where the model's files lie, and the checksum its weights must have. */
export function locate(entry: KerasEntry, options: ModelOptions): { files: CacheFiles; sha256: string } {
  const sha256 = options.sha256?.toLowerCase() ?? entry.source.sha256;
  return { files: cacheFiles(cacheDir(options.cacheDir), entry.name, sha256), sha256 };
}

async function prepare(entry: KerasEntry, options: ModelOptions, signal: AbortSignal) {
  const { files, sha256 } = locate(entry, options);
  // The process that was waited for may have made it.
  const ready = await readConverted(files, sha256, options);
  if (ready) return ready;

  await removeLeftovers(files);
  const { name: model, source } = entry;
  const weights = await findWeights({ model, source, sha256, files, options, signal });
  options.onProgress?.({ phase: 'convert' });
  const { peakBytes, bytes } = await convertWeights(
    {
      converter: source.converter,
      source: weights,
      target: files.onnx,
    },
    { signal },
  );
  const onnx = await sha256Of(files.onnx);
  await writeManifest(files, { model, weights: sha256, onnx, bytes });
  options.log?.info(`Model ${model} converted to ${files.onnx} (peak memory ${Math.round(peakBytes / 1e6)} MB).`);
  return { path: files.onnx, sha256: onnx };
}

async function readConverted(files: CacheFiles, weightsSha256: string, options: ModelOptions) {
  const manifest = await readManifest(files, weightsSha256);
  if (!manifest) return undefined;
  const received = await sha256Of(files.onnx);
  if (received === manifest.onnx) return { path: files.onnx, sha256: received };
  options.log?.warn(`${files.onnx} has SHA-256 ${received}, not ${manifest.onnx}; it is built again.`);
  return undefined;
}
