import type { Context, Next } from 'koa';
import { readNothing } from '../validation/bodies';
import { bodyOf } from './body';
import { withHttpErrors } from './http-errors';

/** What a route may read beside its path; what comes with a file is checked where the file is read. */
export type Reads = 'query' | 'body' | 'file';

/**
 * Of a route: refuses parameters where it reads none, by their name. Ignored, a misspelt or misplaced one would look as if it had had
 * its effect. The parameters that it reads are checked by their readers.
 */
export const refuseUnread =
  (reads: Reads[]) =>
  async (ctx: Context, next: Next): Promise<void> => {
    let isRefused = true;
    await withHttpErrors(async () => {
      if (!reads.includes('query')) readNothing(ctx.query);
      if (!reads.includes('body') && !reads.includes('file')) readNothing(bodyOf(ctx));
      isRefused = false;
    })(ctx);
    if (!isRefused) await next();
  };
