import type { Context, Next } from 'koa';
import { endRequest, requestIdOf } from '../util/request-id';
import { ownRoute } from './own-route';

interface Body {
  error?: { details?: object };
  meta?: object;
}

/** Says the id of a request in the answer, and in the body where the operator will be asked about it. */
export async function nameRequest(ctx: Context, next: Next): Promise<void> {
  try {
    await next();
    if (!ownRoute(ctx)) return;
    const requestId = requestIdOf(ctx);
    ctx.set('X-Request-Id', requestId);
    if (ctx.status >= 500) ctx.body = named(ctx.body as Body, requestId);
  } finally {
    endRequest(ctx);
  }
}

function named(body: Body, requestId: string): Body {
  const { error } = body;
  if (!error) return { ...body, meta: { ...body.meta, requestId } };
  return { ...body, error: { ...error, details: { ...error.details, requestId } } };
}
