import type { Context } from 'koa';
import { SimilarError } from '../../../plugin/errors';
import { logOf } from '../util/log';
import { isAnswer, publicError } from '../util/public-error';

export const RETRY_AFTER_SECONDS = '5';

function answer(ctx: Context, error: SimilarError, status: number): void {
  if (status === 503 || status === 429) ctx.set('Retry-After', RETRY_AFTER_SECONDS);
  ctx.status = status;
  ctx.body = { data: null, error: { status, ...publicError(error, status) } };
}

function logFailure({ method, state }: Context, error: unknown): void {
  const code = error instanceof SimilarError ? error.code : undefined;
  const reason = error instanceof Error ? error.message : String(error);
  // The pattern of the path: ids in it would make each line another one.
  logOf(strapi).error(`${method} ${state.route?.path} failed: ${reason}`, { code });
}

/** Turns a `SimilarError` that has an HTTP status into Strapi's error shape; everything else is Strapi's to handle. */
export const withHttpErrors =
  (action: (ctx: Context) => Promise<void>) =>
  async (ctx: Context): Promise<void> => {
    try {
      await action(ctx);
    } catch (error) {
      if (error instanceof SimilarError && error.status !== undefined) return answer(ctx, error, error.status);
      // Strapi logs what it answers with 500, but not for which request.
      if (!isAnswer(error)) logFailure(ctx, error);
      // It sets a status on that, and cannot on ours.
      throw error instanceof SimilarError ? new Error(error.message, { cause: error }) : error;
    }
  };
