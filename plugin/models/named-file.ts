import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { SimilarError } from '../errors';
import { sha256Of } from '../files/sha256';
import { cacheDir } from './cache';
import { download, publicUrl } from './download';
import { inCache } from './in-cache';
import type { ModelOptions } from './options';

/** A file that the configuration names by its path or its address. */
export interface NamedSource {
  path?: string;
  url?: string;
  sha256?: string;
}

export interface NamedFileOptions extends ModelOptions {
  model: string;
  /** What messages call it. */
  what: string;
  /** Of the configuration, for messages: where `path` and `sha256` are. */
  key: string;
  /** How a file in the cache is called: the model's name, and what distinguishes its files. */
  stem: string;
  extension: 'onnx' | 'json';
  /** What to do if it is meant to be another file. */
  remedy?: { changed: string; pinned: string };
}

/**
 * The file, downloaded if it has to be, whatever is in it.
 * @throws SimilarError `MODEL_UNAVAILABLE`, `MODEL_DAMAGED`
 */
export async function namedFile(
  source: NamedSource,
  options: NamedFileOptions,
): Promise<{ path: string; sha256: string }> {
  const { model, what, key, remedy } = options;
  const file = source.path ? await atPath(source.path, options) : await downloaded(source, options);
  const received = await sha256Of(file);
  const expected = source.sha256?.toLowerCase() ?? options.pinned;
  if (expected && received !== expected) {
    const message = source.sha256
      ? `Expected SHA-256 ${expected} for ${what} of model ${model} but received ${received}: ${file}. If it is meant to be another file, ${remedy?.changed ?? `change \`${key}.sha256\``}.`
      : `${capital(what)} of model ${model} was SHA-256 ${expected} when its first vectors were made, and is ${received} now: ${file}. Bring the file back${remedy ? `, or ${remedy.pinned}` : ''}.`;
    throw new SimilarError('MODEL_DAMAGED', message, { model, expected, received });
  }
  return { path: file, sha256: received };
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

async function atPath(file: string, { key, model, extension }: NamedFileOptions): Promise<string> {
  const absolute = path.resolve(file);
  const found = await stat(absolute).catch((cause) => {
    const message = `\`${key}.path\` names ${absolute}, which cannot be read.`;
    throw new SimilarError('MODEL_UNAVAILABLE', message, { model }, { cause });
  });
  if (found.isFile()) return absolute;
  const kind = extension === 'onnx' ? 'an ONNX file' : 'a JSON file';
  const message = `Expected ${kind} at \`${key}.path\` but found a folder: ${absolute}`;
  throw new SimilarError('MODEL_UNAVAILABLE', message, { model });
}

async function downloaded(source: NamedSource, options: NamedFileOptions): Promise<string> {
  const { model, what } = options;
  const url = source.url!;
  const target = downloadTarget(source, options);
  if (existsSync(target)) return target;
  if (options.offline) {
    const message = `${capital(what)} of model ${model} is not in the cache ${path.dirname(target)}, and \`models.offline\` is set.`;
    throw new SimilarError('MODEL_UNAVAILABLE', message, { model });
  }
  await inCache(model, `${target}.lock`, options, async (signal) => {
    // The process that was waited for may have done it.
    if (existsSync(target)) return;
    const sha256 = source.sha256?.toLowerCase() ?? options.pinned;
    await download({ ...options, model, url, target, sha256, signal });
  });
  return target;
}

/** Where a downloaded file lies. Without a checksum one address is one file. */
export function downloadTarget(
  { sha256, url }: NamedSource,
  { stem, extension, ...options }: Pick<NamedFileOptions, 'stem' | 'extension' | 'cacheDir'>,
): string {
  const key = sha256?.toLowerCase() ?? createHash('sha256').update(publicUrl(url!)).digest('hex');
  return path.join(cacheDir(options.cacheDir), `${stem}-${key.slice(0, 12)}.${extension}`);
}
