import { existsSync } from 'node:fs';
import path from 'node:path';
import { expected } from '../errors';
import { verifyChecksum } from './checksum';
import { customModelFile, type OnnxEntry } from './custom-model';
import type { BundledSource, ModelEntry } from './entry';
import { type KerasEntry, kerasModelFile, locate } from './keras-model';
import type { ModelDescriptor, ResolvedModel } from './model';
import type { ModelOptions } from './options';
import { modelEntry } from './registry';

/**
 * Finds a model's file on this machine and verifies it; downloads and converts weights that are not there yet.
 * @throws SimilarError `UNKNOWN_MODEL`, `MODEL_DAMAGED`, `MODEL_UNAVAILABLE`, `WEIGHTS_INVALID`, `MODEL_MISMATCH`
 */
export async function resolveModel(name: string, options: ModelOptions = {}): Promise<ResolvedModel> {
  const entry = modelEntry(name, options);
  const descriptor = describe(entry, options);
  if (isKeras(entry)) return { ...descriptor, ...(await kerasModelFile(entry, options)) };
  if (isCustom(entry)) return { ...descriptor, ...(await customModelFile(entry, options)) };
  const { source } = entry as BundledEntry;
  const file = bundledFile(source, options);
  await verifyChecksum(file, source.sha256, name);
  return { ...descriptor, path: file, sha256: source.sha256 };
}

/** What is known of a model before its file is there: enough for its space. */
export function describe({ source, ...entry }: ModelEntry, options: ModelOptions): ModelDescriptor {
  if (source.kind === 'onnx') {
    if (options.resize)
      throw expected(`nothing beside the model ${entry.name}`, 'models.resize', options.resize, 'INVALID_CONFIG');
    return entry;
  }
  const preprocessing = { ...entry.preprocessing, resize: options.resize ?? entry.preprocessing.resize };
  if (source.kind !== 'keras') return { ...entry, preprocessing };
  const { sha256 } = locate({ ...entry, source }, options);
  return { ...entry, preprocessing, ...(sha256 !== source.sha256 && { variant: sha256.slice(0, 8) }) };
}

export function isKeras(entry: ModelEntry): entry is KerasEntry {
  return entry.source.kind === 'keras';
}

export function isCustom(entry: ModelEntry): entry is OnnxEntry {
  return entry.source.kind === 'onnx';
}

export type BundledEntry = ModelEntry & { source: BundledSource };

/** The folder is only in the sources: compiled code in dist/plugin/models finds it from the package's root. */
export function bundledFile({ file }: BundledSource, options: ModelOptions): string {
  const beside = path.join(__dirname, 'bundled');
  const own = existsSync(beside) ? beside : path.resolve(__dirname, '../../../plugin/models/bundled');
  return path.join(options.bundledDir ?? own, file);
}
