import type { Core } from '@strapi/strapi';
import { measure } from './middlewares/measure';
import { nameRequest } from './middlewares/name-request';
import { removeSentFiles } from './middlewares/remove-sent-files';

/** Before Strapi adds its own middlewares: around all of them. */
export function register({ strapi }: { strapi: Core.Strapi }): void {
  for (const middleware of [measure(strapi), nameRequest, removeSentFiles]) strapi.server.use(middleware as never);
}
