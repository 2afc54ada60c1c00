import type { Core } from '@strapi/strapi';
import { graphqlPlugin } from './graphql/plugin';
import { measure } from './middlewares/measure';
import { nameRequest } from './middlewares/name-request';
import { removeSentFiles } from './middlewares/remove-sent-files';
import { getService } from './util/get-service';

/** Before Strapi adds its own middlewares: around all of them. */
export function register({ strapi }: { strapi: Core.Strapi }): void {
  for (const middleware of [measure(strapi), nameRequest, removeSentFiles]) strapi.server.use(middleware as never);
  const graphql = graphqlPlugin(strapi);
  if (!graphql) return;
  const { extendGraphql } = require('./graphql/extension') as typeof import('./graphql/extension');
  extendGraphql(strapi, graphql, () => getService('similar', { strapi }));
}
