import type { Context } from 'koa';
import { ERRORS, SimilarError } from '../../../plugin/errors';

/** Strapi's own names, so that clients handle our errors like those of the content API. */
const NAMES: Record<number, string> = {
  400: 'ValidationError',
  403: 'ForbiddenError',
  404: 'NotFoundError',
  409: 'ConflictError',
  413: 'PayloadTooLargeError',
  415: 'UnsupportedMediaTypeError',
  429: 'RateLimitError',
  503: 'ServiceUnavailableError',
};

const RETRY_AFTER_SECONDS = '5';

/** The last one: while something does not run, every search would say so. */
let logged: string | undefined;

/**
 * What a client gets to see. Why something does not run is for the operator: it names folders of the machine, and what processes
 * wrote before they ended.
 */
export function toldOf({ code, status, message }: SimilarError): string {
  if (status !== 503) return message;
  if (logged !== message) strapi.log.warn(`[similar] ${code}: ${message}`);
  logged = message;
  return ERRORS[code].cause;
}

function answer(ctx: Context, error: SimilarError, status: number): void {
  const { code, remedy } = error;
  const message = toldOf(error);
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
