import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomic } from '../files/atomic-file';
import { userCacheDir } from '../files/user-cache';

/** Grows when the same weights are written as another ONNX file, so that files of older versions are made again. */
const CONVERTER_VERSION = 1;

/** The files of one model made from one weights file. */
export interface CacheFiles {
  weights: string;
  onnx: string;
  manifest: string;
  lock: string;
}

/** Describes the converted file next to it; written last. */
export interface Manifest {
  model: string;
  /** SHA-256 of the weights file it was made from. */
  weights: string;
  /** SHA-256 of the ONNX file. */
  onnx: string;
  bytes: number;
}

export function cacheDir(configured?: string): string {
  const folder = configured ?? process.env.SIMILAR_MODEL_CACHE;
  if (folder) return path.resolve(folder);
  return path.join(userCacheDir(), 'strapi-plugin-similar', 'models');
}

export function cacheFiles(folder: string, model: string, weightsSha256: string): CacheFiles {
  const weights = path.join(folder, `${model}-${weightsSha256.slice(0, 12)}`);
  const converted = `${weights}-c${CONVERTER_VERSION}`;
  return {
    weights: `${weights}.h5`,
    onnx: `${converted}.onnx`,
    manifest: `${converted}.json`,
    lock: `${weights}.lock`,
  };
}

/** The files of an int8 model. @param quantisation digest of what it was made by. */
export function int8Files(folder: string, model: string, sourceSha256: string, quantisation: string): CacheFiles {
  const base = path.join(folder, `${model}-${sourceSha256.slice(0, 12)}-int8-${quantisation.slice(0, 12)}`);
  return { weights: base, onnx: `${base}.onnx`, manifest: `${base}.json`, lock: `${base}.lock` };
}

/** undefined when the model was not converted yet, or the two files do not belong together. */
export async function readManifest(files: CacheFiles, weightsSha256: string): Promise<Manifest | undefined> {
  try {
    const manifest: Manifest = JSON.parse(await readFile(files.manifest, 'utf8'));
    const { size } = await stat(files.onnx);
    return manifest.weights === weightsSha256 && manifest.bytes === size ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-256 of the weights that the model's converted files in the folder were made from. */
export async function convertedWeights(folder: string, model: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const ours = names.filter((name) => name.startsWith(`${model}-`) && name.endsWith(`-c${CONVERTER_VERSION}.json`));
  const texts = await Promise.all(ours.map((name) => readFile(path.join(folder, name), 'utf8').catch(() => '{}')));
  return texts.map(weightsOf).filter((weights) => weights !== undefined);
}

function weightsOf(manifest: string): string | undefined {
  try {
    return (JSON.parse(manifest) as Partial<Manifest>).weights;
  } catch {
    return undefined;
  }
}

export async function writeManifest(files: CacheFiles, manifest: Manifest): Promise<void> {
  await writeAtomic(files.manifest, (file) => file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`));
}

/** Deletes what a process left that was killed while it wrote. Only for the owner of the lock. */
export async function removeLeftovers(files: CacheFiles): Promise<void> {
  const folder = path.dirname(files.lock);
  const prefix = path.basename(files.lock, '.lock');
  const names = await readdir(folder);
  const leftovers = names.filter((name) => name.startsWith(prefix) && name.endsWith('.tmp'));
  await Promise.all(leftovers.map((name) => rm(path.join(folder, name), { force: true })));
}
