import { existsSync } from 'node:fs';
import path from 'node:path';
import { verifyChecksum } from './checksum';
import type { ResolvedModel } from './model';
import { modelEntry } from './registry';

export interface ResolveOptions {
  /** Folder of the models that come with the package, if it is not the package's own. */
  bundledDir?: string;
}

/**
 * Finds a model's file on this machine and verifies it.
 * @throws SimilarError `UNKNOWN_MODEL`, or `MODEL_DAMAGED` when the file is not the published one.
 */
export async function resolveModel(name: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  const { source, ...descriptor } = modelEntry(name);
  const file = path.join(options.bundledDir ?? bundledDir(), source.file);
  await verifyChecksum(file, source.sha256, name);
  return { ...descriptor, path: file, sha256: source.sha256 };
}

/** The folder lies in the sources only: compiled code in dist/plugin/models finds it from the package's root. */
function bundledDir(): string {
  const beside = path.join(__dirname, 'bundled');
  return existsSync(beside) ? beside : path.resolve(__dirname, '../../../plugin/models/bundled');
}
