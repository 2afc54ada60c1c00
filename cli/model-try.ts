import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Compared, renderComparisonSheet } from '../plugin/folder/comparison-sheet';
import { findPictures } from '../plugin/folder/find-pictures';
import type { FolderLibrary } from '../plugin/folder/library';
import { DEFAULT_MODEL, openFolder } from '../plugin/folder/open-folder';
import { type Streams, UsageError } from './command';
import { interruptible } from './interrupt';
import { readModelEntry } from './model-entry';
import { modelProgress } from './model-progress';
import { plain } from './output';
import { createProgress } from './progress';

/** Pictures of the folder that are asked for, spread over it, and neighbours that are shown of each. */
const QUERIES = 8;
const NEIGHBOURS = 7;

export interface TryOptions {
  /** Model that the other one is shown beside. */
  beside?: string;
  /** The page that is written. */
  html?: string;
  cacheDir?: string;
  signal?: AbortSignal;
}

/** Writes a page with what a model of one's own and another one find for the same pictures of a folder. */
export async function tryModelOn(
  entryFile: string | undefined,
  dir: string | undefined,
  { beside = DEFAULT_MODEL, html = 'similar-models.html', cacheDir }: TryOptions,
  streams: Streams,
): Promise<number> {
  if (entryFile === undefined || dir === undefined) {
    throw new UsageError('Expected a file with what "model add" has printed, and a folder of pictures.');
  }
  const { model, custom } = await readModelEntry(entryFile);
  await access(dirname(html), constants.W_OK).catch(() => {
    throw new UsageError(`${html} cannot be written.`);
  });
  return interruptible(streams.err, async (signal) => {
    const open = async (name: string, models: object) => {
      const progress = createProgress(`Embedding with ${name}`, streams.err);
      const fetching = modelProgress(name, streams.err);
      return openFolder(dir, {
        model: name,
        models: { cacheDir, ...models },
        log: fetching.log,
        onModelProgress: fetching.onProgress,
        signal,
        onProgress: ({ total, done, failed }) => progress.update(done, total, failed > 0 ? `${failed} failed` : ''),
      }).finally(() => {
        fetching.stop();
        progress.stop();
      });
    };
    const libraries: FolderLibrary[] = [];
    try {
      libraries.push(await open(model, { custom }));
      libraries.push(await open(beside, {}));
      const queries = await compare(dir, libraries);
      const sheet = { models: libraries.map((library) => library.model), size: libraries[0].size, queries };
      await writeFile(html, await renderComparisonSheet(sheet, html));
      streams.out.write(`${plain(html)}\n`);
      streams.err.write(`${queries.length} pictures with their neighbours, of ${libraries[0].size}\n`);
      return 0;
    } finally {
      await Promise.all(libraries.map((library) => library.close()));
    }
  });
}

/** Neighbours of some pictures that all libraries could embed. */
async function compare(dir: string, libraries: readonly FolderLibrary[]): Promise<Compared[]> {
  const failed = new Set(libraries.flatMap(({ failures }) => failures.map(({ path }) => path)));
  const pictures = (await findPictures(dir)).pictures.filter((path) => !failed.has(path));
  const step = Math.max(1, pictures.length / QUERIES);
  const compared: Compared[] = [];
  for (let at = 0; at < pictures.length && compared.length < QUERIES; at += step) {
    const query = pictures[Math.floor(at)];
    const matches = await Promise.all(libraries.map((library) => library.fetchMostSimilar(query, NEIGHBOURS)));
    compared.push({ query, matches });
  }
  return compared;
}
