import type { Core } from '@strapi/strapi';

export default ({ env }: Core.Config.Shared.ConfigParams) => ({
  host: env('HOST', '127.0.0.1'),
  port: env.int('PORT', 1337),
  app: { keys: env.array('APP_KEYS') },
  // Tests serve a folder of their own, so that no upload ends up here.
  dirs: { public: env('PUBLIC_DIR', './public') },
  // Strapi's own server for AI assistants, for those who ask for it.
  mcp: { enabled: env.bool('MCP', false) },
  logger: {
    updates: { enabled: false },
    startup: { enabled: env.bool('STARTUP_LOG', true) },
    config: { level: env('LOG_LEVEL', 'http') },
  },
});
