import path from 'node:path';
import type { Core } from '@strapi/strapi';

type Env = Core.Config.Shared.ConfigParams['env'];

const clients = {
  sqlite: (env: Env) => ({
    client: 'sqlite' as const,
    connection: { filename: path.resolve(env('DATABASE_FILENAME', '.tmp/data.db')) },
    useNullAsDefault: true,
  }),
  postgres: (env: Env) => ({
    client: 'postgres' as const,
    connection: {
      connectionString: env('DATABASE_URL'),
      host: env('DATABASE_HOST', '127.0.0.1'),
      port: env.int('DATABASE_PORT', 5432),
      database: env('DATABASE_NAME', 'similar'),
      user: env('DATABASE_USERNAME', 'similar'),
      password: env('DATABASE_PASSWORD', ''),
      schema: env('DATABASE_SCHEMA', 'public'),
    },
    pool: { min: 0, max: 10 },
  }),
  mysql: (env: Env) => ({
    client: 'mysql' as const,
    connection: {
      host: env('DATABASE_HOST', '127.0.0.1'),
      port: env.int('DATABASE_PORT', 3306),
      database: env('DATABASE_NAME', 'similar'),
      user: env('DATABASE_USERNAME', 'similar'),
      password: env('DATABASE_PASSWORD', ''),
    },
    pool: { min: 0, max: 10 },
  }),
};

export default ({ env }: Core.Config.Shared.ConfigParams) => {
  const client = env('DATABASE_CLIENT', 'sqlite');
  if (!(client in clients)) {
    throw new Error(`DATABASE_CLIENT is "${client}" but must be one of ${Object.keys(clients).join(', ')}`);
  }
  return { connection: clients[client as keyof typeof clients](env) };
};
