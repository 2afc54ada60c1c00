import type { Context } from 'koa';
import { expected } from '../../../plugin/errors';
import { readNothing } from './bodies';

export interface SentFile {
  filepath: string;
  size: number;
}

type Sent = Record<string, SentFile | SentFile[]>;

/**
 * The one file of a request. Everything else is a parameter, and belongs into the query string: as a field beside the file it would have
 * no effect.
 * @throws SimilarError `INVALID_PARAMETER`
 */
export function readSentFile({ request }: Context, field: string): SentFile {
  const { files = {}, body } = request as { files?: Sent; body?: unknown };
  const other = Object.keys(files).find((name) => name !== field);
  if (other !== undefined) throw expected(`the field “${field}”`, 'the file', other);
  const file = files[field];
  if (!file) throw expected('one file, as multipart/form-data', field, 'none');
  if (Array.isArray(file)) throw expected('one file', field, `${file.length} files`);
  readNothing(body);
  return file;
}
