import type { Context } from 'koa';

/** What Strapi has parsed; undefined without a body. */
export const bodyOf = (ctx: Context): unknown => (ctx.request as { body?: unknown }).body;
