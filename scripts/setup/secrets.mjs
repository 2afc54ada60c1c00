import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PLAYGROUND } from './paths.mjs';

const secret = () => randomBytes(16).toString('base64');

/** Gives the playground secrets of its own on this machine: Strapi reads them from playground/.env. */
export function writeSecrets() {
  const file = path.join(PLAYGROUND, '.env');
  if (existsSync(file)) return;
  const names = ['ADMIN_JWT_SECRET', 'API_TOKEN_SALT', 'TRANSFER_TOKEN_SALT', 'ENCRYPTION_KEY', 'JWT_SECRET'];
  const lines = [`APP_KEYS=${secret()},${secret()}`, ...names.map((name) => `${name}=${secret()}`)];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
}
