import { Writable } from 'node:stream';
import type { Streams } from './command';

/**
 * From here on standard output is the command's alone: what Strapi, other plugins and the project's own code write there goes to
 * standard error, until the process ends.
 * @returns where the command writes.
 */
export function ownStdout({ out, err }: Streams): NodeJS.WritableStream {
  if (out !== process.stdout) return out;
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = err.write.bind(err) as typeof process.stdout.write;
  return new Writable({ decodeStrings: false, write: (text, encoding, done) => void write(text, encoding, done) });
}
