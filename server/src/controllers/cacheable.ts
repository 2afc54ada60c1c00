import { createHash } from 'node:crypto';
import type { Context } from 'koa';

/** The same answer gets the same tag, whatever changed elsewhere; a client that has it gets 304 and no body. */
export function sendCacheable(ctx: Context, body: object, cacheControl: string, type = 'application/json'): void {
  ctx.set('Cache-Control', cacheControl);
  ctx.vary('Authorization');
  const tag = `"${createHash('sha1')
    .update(Buffer.isBuffer(body) ? body : JSON.stringify(body))
    .digest('base64url')}"`;
  ctx.set('ETag', tag);
  // Not koa's `fresh`: fetch adds `Cache-Control: no-cache` to conditional requests, which that takes for “never 304”.
  const known = ctx
    .get('If-None-Match')
    .split(',')
    .map((part) => part.trim().replace(/^W\//, ''));
  if (known.includes(tag)) {
    ctx.status = 304;
    return;
  }
  ctx.type = type;
  ctx.body = body;
}
