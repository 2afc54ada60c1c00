import path from 'node:path';
import type { Core } from '@strapi/strapi';

export default ({ env }: Core.Config.Shared.ConfigParams) => ({
  similar: {
    // Off: how the benches measure what the plugin costs.
    enabled: env.bool('SIMILAR_ENABLED', true),
    resolve: path.resolve(process.cwd(), '..'),
    // The model that comes with the plugin: the shop is there at once, also where nothing can be downloaded.
    config: env.json('SIMILAR_CONFIG', { model: 'efficientnet-lite0' }),
  },
  'users-permissions': { config: { jwtSecret: env('JWT_SECRET') } },
  upload: { config: { sizeLimit: 250 * 1024 * 1024 } },
});
