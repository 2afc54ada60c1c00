import { rm } from 'node:fs/promises';
import type { Core } from '@strapi/strapi';
import type { Context, Next } from 'koa';
import { measure } from './middlewares/measure';

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
    if (ctx.state.route?.info?.pluginName === 'similar') {
      const sent = Object.values((ctx.request as SentFiles).files ?? {}).flat();
      await Promise.all(sent.map(({ filepath }) => rm(filepath, { force: true })));
    }
  }
}

/** Before Strapi adds its own middlewares: around all of them. */
export function register({ strapi }: { strapi: Core.Strapi }): void {
  strapi.server.use(measure(strapi) as never);
  strapi.server.use(removeSentFiles as never);
}
