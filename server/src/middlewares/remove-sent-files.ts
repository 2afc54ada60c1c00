import { rm } from 'node:fs/promises';
import type { Context, Next } from 'koa';
import { ownRoute } from './own-route';

interface SentFiles {
  files?: Record<string, { filepath: string } | Array<{ filepath: string }>>;
}

/**
 * Strapi writes what is sent as a file into the temporary folder before it looks at who asks and for what, and removes the field
 * `files` only. Here every file goes, whatever the answer: also when the caller, the parameters or the route were refused.
 */
export async function removeSentFiles(ctx: Context, next: Next): Promise<void> {
  try {
    await next();
  } finally {
    if (ownRoute(ctx)) {
      const sent = Object.values((ctx.request as SentFiles).files ?? {}).flat();
      await Promise.all(sent.map(({ filepath }) => rm(filepath, { force: true })));
    }
  }
}
