import type { Context } from 'koa';
import { readNoFile } from '../validation/sent-file';

/**
 * What Strapi has parsed; undefined without a body.
 * @throws SimilarError `INVALID_PARAMETER` where a file came: it would have no effect.
 */
export function bodyOf(ctx: Context): unknown {
  readNoFile(ctx);
  return (ctx.request as { body?: unknown }).body;
}
