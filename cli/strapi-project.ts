import { createRequire } from 'node:module';
import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { SimilarError } from '../plugin/errors';

/** The project's own Strapi, loaded, without its server and admin panel: nothing is embedded and nothing listens. */
export async function bootProject(appDir: string): Promise<Core.Strapi> {
  let strapi: typeof import('@strapi/strapi');
  try {
    strapi = createRequire(path.join(appDir, 'package.json'))('@strapi/strapi');
  } catch (cause) {
    throw new SimilarError(
      'FILE_UNREADABLE',
      `Expected the folder of a Strapi project but found none at ${appDir}`,
      {},
      { cause },
    );
  }
  process.chdir(appDir);
  const context = await strapi.compileStrapi({ appDir });
  const instance = strapi.createStrapi({ ...context, serveAdminPanel: false, autoReload: false } as never);
  try {
    return await instance.load();
  } catch (error) {
    // What it has opened until then would keep the process.
    await instance.destroy().catch(() => {});
    throw error;
  }
}
