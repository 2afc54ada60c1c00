import { randomUUID } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';

/** What is written into logs and headers as it is. */
const SANE = /^[A-Za-z0-9._-]{1,64}$/;

const ids = new WeakMap<Context, string>();
const over = new WeakSet<Context>();

/** The caller's `X-Request-Id`, or that of a middleware of the project, if it is sane; else a new one. Always the same for a request. */
export function requestIdOf(ctx: Context): string {
  let id = ids.get(ctx);
  if (id === undefined) {
    const sent = [ctx.response.get('X-Request-Id'), ctx.get('X-Request-Id')].find((value) => SANE.test(value));
    id = sent ?? randomUUID();
    ids.set(ctx, id);
  }
  return id;
}

/** From here on nothing is done on behalf of the request, although timers and processes that it started remember it. */
export const endRequest = (ctx: Context): void => void over.add(ctx);

/** Of the request on whose behalf this code runs, if there is one. */
export function currentRequestId({ requestContext }: Pick<Core.Strapi, 'requestContext'>): string | undefined {
  const ctx = requestContext?.get() as Context | undefined;
  return ctx && !over.has(ctx) ? requestIdOf(ctx) : undefined;
}
