import path from 'node:path';
import { SimilarError } from '../errors';
import { withLock } from '../files/file-lock';
import { makeFolder } from '../files/make-folder';
import type { ModelOptions } from './options';

/** What the file system answers when a folder cannot be made or written. */
const CACHE_REFUSED = new Set(['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'ENOSPC']);

/**
 * Makes something in the model cache, in one process at a time.
 * @throws SimilarError `MODEL_UNAVAILABLE` when the cache cannot be written.
 */
export async function inCache<T>(
  model: string,
  lock: string,
  options: ModelOptions,
  make: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const onWait = (owner: string) => options.log?.info(`Model ${model} is being prepared by ${owner}; waiting.`);
  try {
    // Whatever the file system calls it: a folder on a read-only mount is an ENOENT.
    await makeFolder(path.dirname(lock)).catch((error) => {
      throw cacheRefused(model, error);
    });
    return await withLock(lock, make, { signal: options.signal, onWait });
  } catch (error) {
    throw CACHE_REFUSED.has((error as NodeJS.ErrnoException).code ?? '') ? cacheRefused(model, error as Error) : error;
  }
}

function cacheRefused(model: string, cause: Error): SimilarError {
  const text = `The model cache cannot be written (${cause.message}); set \`models.cacheDir\` or SIMILAR_MODEL_CACHE.`;
  return new SimilarError('MODEL_UNAVAILABLE', text, { model }, { cause });
}
