const path = require('node:path');

module.exports = ({ env }) => ({
  similar: {
    // Off: how the benches measure what the plugin costs.
    enabled: env.bool('SIMILAR_ENABLED', true),
    resolve: path.resolve(__dirname, '..', '..'),
    config: env.json('SIMILAR_CONFIG', {}),
  },
  'users-permissions': { config: { jwtSecret: env('JWT_SECRET') } },
  upload: { config: { sizeLimit: 250 * 1024 * 1024 } },
});
