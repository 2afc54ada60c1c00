import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { SimilarError } from '../errors';
import { sha256Of } from '../files/sha256';
import type { CacheFiles } from './cache';
import { verifyChecksum } from './checksum';
import { download } from './download';
import type { KerasSource } from './entry';
import type { ModelOptions } from './options';

export interface WeightsRequest {
  model: string;
  source: KerasSource;
  /** SHA-256 the file must have. */
  sha256: string;
  files: CacheFiles;
  options: ModelOptions;
  signal: AbortSignal;
}

/**
 * Path of the verified weights file: the one that is named, else the cached one, else downloaded into the cache.
 * @throws SimilarError `MODEL_DAMAGED`, `MODEL_UNAVAILABLE`
 */
export async function findWeights(request: WeightsRequest): Promise<string> {
  const { model, source, sha256, files, options, signal } = request;
  const fileName = path.posix.basename(new URL(source.url).pathname);
  const named = await namedFile(fileName, options.path ?? process.env.SIMILAR_MODEL_PATH, model);
  if (named) {
    await verifyNamed(named, sha256, model);
    return named;
  }
  if (existsSync(files.weights)) {
    const received = await sha256Of(files.weights);
    if (received === sha256) return files.weights;
    options.log?.warn(`${files.weights} has SHA-256 ${received}, not ${sha256}; it is downloaded again.`);
    await rm(files.weights);
  }
  if (options.offline) {
    const message = `The weights of model ${model} (${fileName}) are not in the cache ${path.dirname(files.weights)}, and \`models.offline\` is set.`;
    throw new SimilarError('MODEL_UNAVAILABLE', message, { model });
  }
  const url = options.mirror ? mirrorUrl(options.mirror, fileName) : source.url;
  const bytes = sha256 === source.sha256 ? source.bytes : undefined;
  await download({ ...options, model, url, target: files.weights, sha256, bytes, signal });
  return files.weights;
}

/** A folder may lack the file, a file that is named must be there. */
async function namedFile(fileName: string, named: string | undefined, model: string): Promise<string | undefined> {
  if (!named) return undefined;
  const absolute = path.resolve(named);
  const found = await stat(absolute).catch((cause) => {
    const message = `\`models.path\` (or SIMILAR_MODEL_PATH) names ${absolute}, which cannot be read.`;
    throw new SimilarError('MODEL_UNAVAILABLE', message, { model }, { cause });
  });
  if (!found.isDirectory()) return absolute;
  const inside = path.join(absolute, fileName);
  return existsSync(inside) ? inside : undefined;
}

async function verifyNamed(file: string, sha256: string, model: string): Promise<void> {
  try {
    await verifyChecksum(file, sha256, model);
  } catch (error) {
    if (!(error instanceof SimilarError) || !error.details.received) throw error;
    const message = `${error.message}. If this is the file you want, set \`models.sha256\` to its checksum.`;
    throw new SimilarError('MODEL_DAMAGED', message, error.details, { cause: error });
  }
}

function mirrorUrl(mirror: string, fileName: string): string {
  const url = new URL(mirror);
  if (!url.pathname.endsWith('.h5')) url.pathname = path.posix.join(url.pathname, fileName);
  return url.href;
}
