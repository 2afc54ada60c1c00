/** `npm run demo`: from a clean clone to a running shop that knows what looks alike. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { readOptions, USAGE } from './demo/options.mjs';
import { claimPort } from './demo/port.mjs';
import { PLAYGROUND } from './setup/paths.mjs';
import { endWith, setup } from './setup.mjs';

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return console.log(USAGE);
  const port = await claimPort(options.port);
  await setup();

  Object.assign(process.env, {
    // Before Strapi is loaded: it reads all of this at that moment.
    NODE_ENV: 'production',
    ENV_PATH: path.join(PLAYGROUND, '.env'),
    HOST: '127.0.0.1',
    PORT: String(port),
    STARTUP_LOG: 'false',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    STRAPI_TELEMETRY_DISABLED: 'true',
  });
  process.chdir(PLAYGROUND);
  const require = createRequire(import.meta.url);
  require('tsx/cjs/api').register();
  await require('./demo/run.ts').runDemo({ ...options, port });
}

await main().catch(endWith);
