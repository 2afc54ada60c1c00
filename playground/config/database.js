const path = require('node:path');

const clients = {
  sqlite: (env) => ({
    client: 'sqlite',
    connection: { filename: path.resolve(__dirname, '..', env('DATABASE_FILENAME', '.tmp/data.db')) },
    useNullAsDefault: true,
  }),
  postgres: (env) => ({
    client: 'postgres',
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
};

module.exports = ({ env }) => {
  const client = env('DATABASE_CLIENT', 'sqlite');
  const connect = clients[client];
  if (!connect) throw new Error(`DATABASE_CLIENT is "${client}" but must be one of ${Object.keys(clients).join(', ')}`);
  return { connection: connect(env) };
};
