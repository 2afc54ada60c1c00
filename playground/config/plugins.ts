import path from 'node:path';
import type { Core } from '@strapi/strapi';

/** For those who ask for it with its configuration: it takes time and memory. */
const graphql = (env: Core.Config.Shared.ConfigParams['env']) =>
  env('GRAPHQL_CONFIG') && {
    graphql: {
      enabled: true,
      resolve: '@strapi/plugin-graphql/package.json',
      config: env.json('GRAPHQL_CONFIG'),
    },
  };

export default ({ env }: Core.Config.Shared.ConfigParams) => ({
  similar: {
    // Off: how the benches measure what the plugin costs.
    enabled: env.bool('SIMILAR_ENABLED', true),
    resolve: path.resolve(process.cwd(), '..'),
    // The model that comes with the plugin: the shop is there at once, also where nothing can be downloaded.
    config: env.json('SIMILAR_CONFIG', { model: 'efficientnet-lite0' }),
  },
  'users-permissions': { config: { jwtSecret: env('JWT_SECRET') } },
  ...graphql(env),
  upload: { config: { sizeLimit: 250 * 1024 * 1024 } },
});
