import type { Context } from 'koa';
import { SimilarError } from '../../../plugin/errors';
import { publicMessage } from '../util/public-message';

/** Strapi's own names, so that clients handle our errors like those of the content API. */
const NAMES: Record<number, string> = {
  400: 'ValidationError',
  403: 'ForbiddenError',
  404: 'NotFoundError',
  409: 'ConflictError',
  413: 'PayloadTooLargeError',
  415: 'UnsupportedMediaTypeError',
  429: 'RateLimitError',
  501: 'NotImplementedError',
  502: 'BadGatewayError',
  503: 'ServiceUnavailableError',
};

export const RETRY_AFTER_SECONDS = '5';

function answer(ctx: Context, error: SimilarError, status: number): void {
  const { code, remedy } = error;
  const message = publicMessage(error);
  const details: Record<string, unknown> = { code, remedy };
  if (status === 400) {
    const path = String(error.details.name ?? '')
      .split(/[[\].]+/)
      .filter(Boolean);
    details.errors = [{ path, message, name: 'ValidationError' }];
  }
  if (status === 503 || status === 429) ctx.set('Retry-After', RETRY_AFTER_SECONDS);
  ctx.status = status;
  ctx.body = { data: null, error: { status, name: NAMES[status] ?? 'ApplicationError', message, details } };
}

/** Turns a `SimilarError` that has an HTTP status into Strapi's error shape; everything else is Strapi's to handle. */
export const withHttpErrors =
  (action: (ctx: Context) => Promise<void>) =>
  async (ctx: Context): Promise<void> => {
    try {
      await action(ctx);
    } catch (error) {
      if (!(error instanceof SimilarError)) throw error;
      // Strapi sets a status on what it is to answer with 500, and cannot on ours.
      if (error.status === undefined) throw new Error(error.message, { cause: error });
      answer(ctx, error, error.status);
    }
  };
