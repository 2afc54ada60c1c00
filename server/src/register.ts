import type { Core } from '@strapi/strapi';
import { graphqlPlugin } from './graphql/plugin';
import { mcpServer } from './mcp/server';
import { measure } from './middlewares/measure';
import { nameRequest } from './middlewares/name-request';
import { removeSentFiles } from './middlewares/remove-sent-files';
import { getService } from './util/get-service';

/** Before Strapi adds its own middlewares: around all of them. */
export function register({ strapi }: { strapi: Core.Strapi }): void {
  for (const middleware of [measure(strapi), nameRequest, removeSentFiles]) strapi.server.use(middleware as never);
  offerGraphql(strapi);
  offerTools(strapi);
}

function offerGraphql(strapi: Core.Strapi): void {
  const graphql = graphqlPlugin(strapi);
  if (!graphql) return;
  const { extendGraphql } = require('./graphql/extension') as typeof import('./graphql/extension');
  extendGraphql(strapi, graphql, () => getService('similar', { strapi }));
}

function offerTools(strapi: Core.Strapi): void {
  const server = mcpServer(strapi);
  if (!server) return;
  const { registerTools } = require('./mcp/tools') as typeof import('./mcp/tools');
  registerTools(strapi, server, {
    find: () => getService('similar', { strapi }),
    sent: () => getService('sent-picture', { strapi }),
    duplicates: () => getService('duplicates', { strapi }),
    explain: () => getService('explain', { strapi }),
    health: () => getService('health', { strapi }),
    core: () => getService('indexing', { strapi }).core(),
  });
}
