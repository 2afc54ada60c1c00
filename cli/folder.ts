import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { SimilarError } from '../plugin/errors';
import { renderContactSheet } from '../plugin/folder/contact-sheet';
import { unreadable } from '../plugin/folder/find-pictures';
import type { FolderLibrary, FolderMatch } from '../plugin/folder/library';
import { DEFAULT_MODEL, openFolder } from '../plugin/folder/open-folder';
import { type Command, type Streams, UsageError } from './command';
import { interruptible } from './interrupt';
import { chosenModel } from './model-entry';
import { modelProgress } from './model-progress';
import { plain, writeJson } from './output';
import { createProgress } from './progress';

const help = `Finds the pictures of a folder that look like a given one. Needs no Strapi.

Usage: strapi-plugin-similar folder <dir> --query <file> [options]

  <dir>            folder of pictures; its subfolders are included
  --query <file>   the picture to find look-alikes of
  -n <count>       how many (default 7)
  --html <file>    write a contact sheet: query, neighbours and the query's colour channels
  --json           print JSON: {query, model, space, device, size, neighbours: [{path, similarity}],
                   failed: [{path, state, code, reason}], skipped: [{path, reason}]}, or {error: {code, message}} with exit code 1
  --model <name>   name of a model (default ${DEFAULT_MODEL}, which comes with the package;
                   "strapi-plugin-similar model list" lists all of them)
  --entry <file>   a model of your own instead: a file with what "model add" has printed
  --no-cache       embed everything again, including pictures that an earlier run has embedded

Pictures are recognised by content, not by file name. Those that fail are listed on standard error, and so are folders that are
skipped: system folders (@eaDir, #recycle, __MACOSX …) and those that cannot be read.`;

export const folder: Command = {
  summary: 'find look-alikes in a folder of pictures, without Strapi',
  help,
  async run(args, streams) {
    const options = parse(args);
    try {
      return await interruptible(streams.err, (signal) => find(options, streams, signal));
    } catch (error) {
      if (!options.json || !(error instanceof SimilarError)) throw error;
      writeJson(streams, { error: { code: error.code, message: error.message } });
      return 1;
    }
  },
};

type Options = ReturnType<typeof parse>;

function parse(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      query: { type: 'string' },
      number: { type: 'string', short: 'n', default: '7' },
      html: { type: 'string' },
      json: { type: 'boolean', default: false },
      model: { type: 'string' },
      entry: { type: 'string' },
      'no-cache': { type: 'boolean', default: false },
    },
  });
  if (positionals.length !== 1) throw new UsageError(`Expected one folder but received ${positionals.length}.`);
  if (!values.query) throw new UsageError('Expected --query <file>.');
  if (!/^[1-9]\d{0,5}$/.test(values.number)) {
    throw new UsageError(`Expected a whole number from 1 to 999999 for -n but received "${values.number}".`);
  }
  return { ...values, dir: positionals[0], query: values.query, n: Number(values.number) };
}

async function find(options: Options, streams: Streams, signal: AbortSignal): Promise<number> {
  // Now, and not after an hour of work.
  await ensureReadable(options.query);
  if (options.html) await ensureWritable(options.html);
  const progress = createProgress('Embedding', streams.err);
  const { model, custom } = await chosenModel(options);
  const fetching = modelProgress(model ?? DEFAULT_MODEL, streams.err);
  const library = await openFolder(options.dir, {
    model,
    models: { custom },
    log: fetching.log,
    onModelProgress: fetching.onProgress,
    cacheDir: options['no-cache'] ? false : undefined,
    signal,
    onProgress: ({ total, done, failed }) => progress.update(done, total, failed > 0 ? `${failed} failed` : ''),
  }).finally(() => {
    fetching.stop();
    progress.stop();
  });
  try {
    const neighbours = await library.fetchMostSimilar(options.query, options.n);
    if (options.html) await writeSheet(options.html, options.query, library, neighbours);
    if (options.json) writeJson(streams, summary(options.query, library, neighbours));
    else printTable(streams, library, neighbours, options.html);
    return 0;
  } finally {
    await library.close();
  }
}

async function ensureReadable(file: string): Promise<void> {
  const info = await stat(file).catch((error) => {
    throw unreadable('picture', file, error);
  });
  if (!info.isFile()) throw new SimilarError('FILE_UNREADABLE', `Not a file: ${file}`);
  await access(file, constants.R_OK).catch((error) => {
    throw unreadable('picture', file, error);
  });
}

async function ensureWritable(file: string): Promise<void> {
  await access(dirname(file), constants.W_OK).catch((error) => cannotWrite(file, error));
}

function cannotWrite(file: string, cause: NodeJS.ErrnoException): never {
  throw new SimilarError('FILE_UNREADABLE', `Cannot write ${file} (${cause.code})`, {}, { cause });
}

async function writeSheet(file: string, query: string, library: FolderLibrary, matches: FolderMatch[]): Promise<void> {
  const html = await renderContactSheet({ query, matches, model: library.model, size: library.size }, file);
  await writeFile(file, html).catch((error) => cannotWrite(file, error));
}

function summary(query: string, library: FolderLibrary, neighbours: FolderMatch[]) {
  const { model, space, device, size, failures, skipped } = library;
  return { query, model, space, device, size, neighbours, failed: failures, skipped };
}

function printTable(streams: Streams, library: FolderLibrary, neighbours: FolderMatch[], html?: string): void {
  for (const { path, state, code, reason } of library.failures) {
    streams.err.write(`${state}: ${plain(path)}: ${plain(reason)} [${code}]\n`);
  }
  for (const { path, reason } of library.skipped) streams.err.write(`skipped: ${plain(path)}: ${reason}\n`);
  streams.out.write('similarity  picture\n');
  for (const { path, similarity } of neighbours) {
    streams.out.write(`${similarity.toFixed(3).padStart(10)}  ${plain(path)}\n`);
  }
  streams.err.write(`${library.size} pictures, ${library.model} on ${library.device}\n`);
  if (html) streams.err.write(`Contact sheet: ${html}\n`);
}
