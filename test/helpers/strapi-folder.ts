import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SimilarConfigInput } from '../../plugin/contracts/config';

const ROOT = path.resolve(__dirname, '../..');
export const APP_DIR = path.join(ROOT, 'playground');
export const DIST_DIR = path.join(APP_DIR, 'dist');

const BUILT = [path.join(ROOT, 'dist/server/src/index.js'), path.join(DIST_DIR, 'src/index.js')];

export interface PlaygroundOptions {
  /** The plugin's configuration, as under `similar.config`. */
  config?: SimilarConfigInput;
  /** More environment, e.g. `DATABASE_CLIENT` and what else playground/config/database.ts reads. */
  env?: Record<string, string>;
  /** Another compiled project, of `distWith`; deleted at the end. */
  dist?: string;
  /** Database and uploads of an earlier playground; default: new ones in a temporary folder. */
  folder?: string;
}

/** Of a playground in a process of its own. */
export interface SpawnOptions extends PlaygroundOptions {
  /** The project: a copy of the playground. */
  appDir?: string;
}

const secret = () => randomBytes(16).toString('base64');

/** Secrets differ between boots on purpose: no state may depend on them. */
const secrets = () => ({
  APP_KEYS: `${secret()},${secret()}`,
  ADMIN_JWT_SECRET: secret(),
  API_TOKEN_SALT: secret(),
  TRANSFER_TOKEN_SALT: secret(),
  ENCRYPTION_KEY: secret(),
  JWT_SECRET: secret(),
});

export function createFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-playground-'));
  mkdirSync(path.join(folder, 'public/uploads'), { recursive: true });
  return folder;
}

/** Environment of a playground that keeps its database and uploads in `folder` and nothing in the repository. */
export function playgroundEnv(folder: string, { config = {}, env = {} }: PlaygroundOptions): Record<string, string> {
  if (!BUILT.every((file) => existsSync(file))) {
    throw new Error('Plugin or playground is not built: run `npm run build:node` first');
  }
  return {
    ...secrets(),
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    STARTUP_LOG: 'false',
    STRAPI_TELEMETRY_DISABLED: 'true',
    DATABASE_FILENAME: path.join(folder, 'data.db'),
    PUBLIC_DIR: path.join(folder, 'public'),
    // The bundled model: tests reach no network.
    SIMILAR_CONFIG: JSON.stringify({ model: 'efficientnet-lite0', ...config }),
    ...env,
  };
}
