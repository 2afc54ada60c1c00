import type { Core } from '@strapi/strapi';
import { subscribeToChanges } from './lifecycles';
import { registerPermissions } from './permissions';
import { getService } from './util/get-service';

export async function bootstrap({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  await registerPermissions(strapi);
  // Now and not at the first request: an operator shall see a wrong type or attribute at once.
  getService(strapi, 'content-types').all();
  subscribeToChanges(strapi);
  getService(strapi, 'indexing').start();
}

export const destroy = ({ strapi }: { strapi: Core.Strapi }): Promise<void> => getService(strapi, 'indexing').stop();
