import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Core } from '@strapi/strapi';
import { SimilarError } from '../plugin/errors';
import { getService } from '../server/src/util/get-service';
import { type Command, UsageError } from './command';
import { ownStdout } from './own-stdout';
import { bootProject } from './strapi-project';

const help = `Writes the look-alikes of all published entries as JSON, for statically generated sites.

Usage: strapi-plugin-similar export [options]

  --app <dir>     folder of the Strapi project (default: the current folder); its environment and database are used
  --out <file>    where to write (default: standard output)
  -n <count>      look-alikes per entry (default 7)

The file contains {entries: [{type, documentId, locale, similar: [{documentId, source, similarity, score}]}]}. Pictures that
are not embedded yet are ignored, so run it when the index is complete.`;

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
      },
    });
    if (positionals.length > 0) throw new UsageError(`Unexpected argument "${positionals[0]}".`);
    if (!/^[1-9]\d{0,2}$/.test(values.number)) throw new UsageError('Expected a count from 1 to 999 for -n.');
    const out = ownStdout(streams);
    const strapi = await bootProject(path.resolve(values.app));
    try {
      const count = await write(strapi, Number(values.number), values.out, out);
      streams.err.write(`${count} entries written\n`);
      return 0;
    } finally {
      await strapi.destroy();
    }
  },
};

/** @throws SimilarError `FILE_UNREADABLE` when the file cannot be written. */
async function write(strapi: Core.Strapi, limit: number, file: string | undefined, out: NodeJS.WritableStream) {
  let count = 0;
  async function* text() {
    yield '{"entries":[';
    for await (const entry of getService('export', { strapi }).entries(limit)) {
      yield `${count++ > 0 ? ',' : ''}\n${JSON.stringify(entry)}`;
    }
    yield '\n]}\n';
  }
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
