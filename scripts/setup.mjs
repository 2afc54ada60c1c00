/**
 * Makes a clean clone ready to run: installs, builds the plugin, builds the playground's admin panel.
 * What is done already is left alone, so it costs next to nothing the second time. Needs no package itself.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bin, PLAYGROUND, ROOT } from './setup/paths.mjs';
import { checkRequirements } from './setup/requirements.mjs';
import { writeSecrets } from './setup/secrets.mjs';
import { digest, unlessDone } from './setup/stamp.mjs';
import { step } from './setup/step.mjs';

const PACKAGES = ['package.json', 'playground/package.json', '.npmrc'];
const SERVER_SOURCES = [
  'plugin',
  'server',
  'cli',
  'scripts/build',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
];
const SHOP_SOURCES = ['playground/config', 'playground/src', 'playground/tsconfig.json'];
const ADMIN_SOURCES = ['admin', 'plugin/contracts', 'package.json'];
/** What Strapi's own build of the admin panel takes in. */
const PANEL_SOURCES = ['dist/admin', 'playground/package.json', 'playground/config/admin.ts', 'playground/src/admin'];

const install = () =>
  step('install', 'Installing packages (some minutes the first time)', 'npm', ['install', '--no-audit', '--no-fund']);
async function buildServer() {
  await step('clean', 'Removing what was compiled before', process.execPath, ['scripts/build/clean.mjs']);
  await step('build-server', 'Building the plugin', bin('tsc'), ['-p', 'tsconfig.build.json']);
  await step('copy-wasm', 'Copying WebAssembly', process.execPath, ['scripts/build/copy-wasm.mjs']);
}
const buildShop = () => step('build-shop', 'Building the playground shop', bin('tsc'), ['-p', 'playground']);
/** The storefront page is no bundle: it takes the client as modules of its own. */
const STOREFRONT = { 'plugin/client.ts': 'similar-client.js', 'plugin/query-string.ts': 'query-string.js' };
async function buildStorefront() {
  const { default: ts } = await import('typescript');
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  for (const [source, target] of Object.entries(STOREFRONT)) {
    const { outputText } = ts.transpileModule(readFileSync(path.join(ROOT, source), 'utf8'), { compilerOptions });
    // Browsers add no extension.
    const text = outputText.replace("from './query-string'", "from './query-string.js'");
    writeFileSync(path.join(PLAYGROUND, 'public/shop', target), text);
  }
}
const buildAdmin = () => step('build-admin', 'Building its admin part', bin('strapi-plugin'), ['build']);
const buildPanel = () =>
  step('build-panel', 'Building the admin panel (about a minute)', bin('strapi'), ['build'], {
    cwd: PLAYGROUND,
    env: { NODE_ENV: 'production', STRAPI_TELEMETRY_DISABLED: 'true' },
  });

/** @param options.panel false: leave the playground's admin panel unbuilt, for those who only use the APIs. */
export async function setup({ panel = true } = {}) {
  checkRequirements();
  const packages = digest(PACKAGES);
  await unlessDone('install', packages, 'node_modules/.package-lock.json', install);
  writeSecrets();
  await unlessDone('server', digest(SERVER_SOURCES), 'dist/server/src/index.js', buildServer);
  await unlessDone('shop', digest(SHOP_SOURCES, packages), 'playground/dist/src/index.js', buildShop);
  await unlessDone(
    'storefront',
    digest(Object.keys(STOREFRONT), packages),
    'playground/public/shop/similar-client.js',
    buildStorefront,
  );
  await unlessDone('admin', digest(ADMIN_SOURCES, packages), 'dist/admin/index.mjs', buildAdmin);
  if (panel) await unlessDone('panel', digest(PANEL_SOURCES, packages), 'playground/dist/build/index.html', buildPanel);
}

/** Ends the program with a message instead of a stack, if the failure is one that the reader can mend. */
export function endWith(error) {
  if (!error.remedy) throw error;
  console.error(`\n${error.message}\n→ ${error.remedy}\n`);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await setup().catch(endWith);
