import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { SimilarError } from '../plugin/errors';
import type { ExportedEntry } from '../server/src/services/export';
import { getService } from '../server/src/util/get-service';
import { type Command, UsageError } from './command';
import { type ExportState, readExportState } from './export-state';
import { ownStdout } from './own-stdout';
import { bootProject } from './strapi-project';

const help = `Writes the look-alikes of all published entries as JSON, for statically generated sites.

Usage: strapi-plugin-similar export [options]

  --app <dir>     folder of the Strapi project (default: the current folder); its environment and database are used
  --out <file>    where to write (default: standard output)
  -n <count>      look-alikes per entry (default 7)
  --jsonl         one entry a line, for large shops
  --since <file>  only what has changed since the last export with this file, which is made if it is not there

The output is {entries: [{type, documentId, locale, similar: [{documentId, source, similarity, score}]}]}, or with --jsonl one
such entry a line. With --since, entries that are gone have "removed": true and no "similar"; a change is another look-alike or
another order, and not another similarity alone. Pictures that are not embedded yet are ignored, so run it when the index is
complete.`;

export const exportNeighbours: Command = {
  summary: 'write all look-alikes of a Strapi project as JSON',
  help,
  async run(args, streams) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        app: { type: 'string', default: '.' },
        out: { type: 'string' },
        number: { type: 'string', short: 'n', default: '7' },
        jsonl: { type: 'boolean', default: false },
        since: { type: 'string' },
      },
    });
    if (positionals.length > 0) throw new UsageError(`Unexpected argument "${positionals[0]}".`);
    if (!/^[1-9]\d{0,2}$/.test(values.number)) throw new UsageError('Expected a count from 1 to 999 for -n.');
    const state = values.since === undefined ? undefined : await readExportState(path.resolve(values.since));
    const out = ownStdout(streams);
    const strapi = await bootProject(path.resolve(values.app));
    try {
      const entries = changes(getService('export', { strapi }).entries(Number(values.number)), state);
      const count = await write(entries, values.jsonl, values.out, out);
      await state?.save();
      streams.err.write(`${count} entries written\n`);
      return 0;
    } finally {
      await strapi.destroy();
    }
  },
};

/** Everything, or what is not as it was told last time. */
async function* changes(entries: AsyncIterable<ExportedEntry>, state: ExportState | undefined) {
  for await (const entry of entries) if (!state || state.isNews(entry)) yield entry;
  for (const key of state?.gone() ?? []) yield { ...key, removed: true };
}

/** @returns how many. @throws SimilarError `FILE_UNREADABLE` when the file cannot be written. */
async function write(
  entries: AsyncIterable<object>,
  asLines: boolean,
  file: string | undefined,
  out: NodeJS.WritableStream,
): Promise<number> {
  let count = 0;
  async function* lines() {
    for await (const entry of entries) {
      count++;
      yield `${JSON.stringify(entry)}\n`;
    }
  }
  async function* document() {
    yield '{"entries":[';
    for await (const entry of entries) yield `${count++ > 0 ? ',' : ''}\n${JSON.stringify(entry)}`;
    yield '\n]}\n';
  }
  const text = asLines ? lines : document;
  if (!file) await pipeline(text, out, { end: false });
  else await pipeline(text, await writable(file));
  return count;
}

/** Before the first search, not after all of them. */
async function writable(file: string): Promise<NodeJS.WritableStream> {
  const stream = createWriteStream(file);
  try {
    await once(stream, 'open');
  } catch (cause) {
    throw new SimilarError('FILE_UNREADABLE', `The file cannot be written: ${(cause as Error).message}`, {}, { cause });
  }
  return stream;
}
