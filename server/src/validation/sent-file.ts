import type { Context } from 'koa';
import { expectedInstead } from '../../../plugin/errors';
import { readNothing } from './bodies';

export interface SentFile {
  filepath: string;
  size: number;
}

type Sent = Record<string, SentFile | SentFile[]>;

const filesOf = ({ request }: Context): Sent => (request as { files?: Sent }).files ?? {};

/** @throws SimilarError `INVALID_PARAMETER` where a file came that nobody reads. */
export function readNoFile(ctx: Context): void {
  const [name] = Object.keys(filesOf(ctx));
  if (name !== undefined) throw expectedInstead('no file', 'this request', `“${name}”`);
}

/**
 * The one file of a request. Everything else is a parameter, and belongs into the query string: as a field beside the file it would have
 * no effect.
 * @throws SimilarError `INVALID_PARAMETER`
 */
export function readSentFile(ctx: Context, field: string): SentFile {
  const files = filesOf(ctx);
  const other = Object.keys(files).find((name) => name !== field);
  if (other !== undefined) throw expectedInstead(`the field “${field}”`, 'the file', `“${other}”`);
  const file = files[field];
  if (!file) throw expectedInstead('one file, as multipart/form-data', field, 'none');
  if (Array.isArray(file)) throw expectedInstead('one file', field, `${file.length} files`);
  readNothing((ctx.request as { body?: unknown }).body);
  return file;
}
