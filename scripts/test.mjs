/**
 * `npm test`: installs and builds what is missing, then runs lint, types and every test.
 * `--only unit,contract` runs these groups alone (groups: lint, types, package, unit, contract, integration, fault, browser) and,
 * on request alone, `install`: the packed plugin in new Strapi projects.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { provideTfjsNode } from './engines/install-tfjs-node.mjs';
import { provideChromium } from './setup/chromium.mjs';
import { provideMariadb } from './setup/mariadb.mjs';
import { bin, ROOT } from './setup/paths.mjs';
import { providePgvector } from './setup/pgvector.mjs';
import { endWith, setup } from './setup.mjs';
import { runFile } from './test/file.mjs';
import { report, reportSlowest, title } from './test/report.mjs';
import { run } from './test/run.mjs';

/** For lint and types; a test file is ended when it gets stuck, not when it takes long. */
const CHECK_LIMIT = 10 * 60_000;

const CHECKS = {
  lint: [['biome', ['check', '.']]],
  types: [
    ['tsc', ['-p', 'tsconfig.json', '--noEmit']],
    ['tsc', ['-p', 'admin/tsconfig.json', '--noEmit']],
  ],
  // What npm would publish. Strapi alone loads the two entry points that are left out, by ways of its own.
  package: [
    ['publint', ['--strict']],
    ['attw', ['--pack', '.', '--exclude-entrypoints', 'strapi-admin', 'strapi-server']],
    ['strapi-plugin', ['verify']],
  ],
};
/** Cheapest first. */
const GROUPS = ['unit', 'contract', 'integration', 'fault', 'browser'];
/** Makes whole Strapi projects from the registry: run when it is asked for. */
const ON_REQUEST = ['install'];
/** As many as there are cores on a small machine: a test holds beside others. */
const AT_ONCE = 2;

function filesOf(group) {
  const folder = path.join(ROOT, 'test', group);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.ts'));
  return names.sort().map((name) => path.join('test', group, name));
}

async function check(name) {
  title(name);
  for (const [program, args] of CHECKS[name]) {
    const status = await run(bin(program), args, { limit: CHECK_LIMIT });
    if (status !== 0) return [{ outcome: 'failed', name: `${name}: ${program} ${args.join(' ')}` }];
  }
  return [{ outcome: 'passed', name }];
}

async function runGroup(name, options) {
  const waiting = filesOf(name);
  if (waiting.length === 0) return [];
  title(name);
  const done = [];
  async function runNext() {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const ran = await runFile(file, options);
      console.log(`${file} (${(ran.ms / 1000).toFixed(1)} s)\n${ran.output}`);
      done.push(ran);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
  return done;
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const known = [...Object.keys(CHECKS), ...GROUPS, ...ON_REQUEST];
  const wanted = values.only?.split(',') ?? known.filter((name) => !ON_REQUEST.includes(name));
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`--only knows ${known.join(', ')}, not ${unknown.join(', ')}`);

  const browser = wanted.includes('browser') && filesOf('browser').length > 0;
  await setup({ panel: browser }).catch(endWith);
  const chromium = browser ? await provideChromium() : {};
  const databases = ['contract', 'integration'].some((group) => wanted.includes(group));
  const mariadb = databases ? await provideMariadb() : {};
  const pgvector = databases ? await providePgvector() : {};
  const tfjs = wanted.includes('contract') ? provideTfjsNode() : {};

  // Strapi boots twice as fast on a memory disk.
  const memoryDisk = '/dev/shm';
  const tmp = mkdtempSync(path.join(existsSync(memoryDisk) ? memoryDisk : os.tmpdir(), 'similar-test-'));
  // Database servers do not run as root: their users have to get through.
  chmodSync(tmp, 0o711);
  const env = {
    CHROMIUM_PATH: chromium.path ?? '',
    CHROMIUM_MISSING: chromium.missing ?? '',
    MARIADB_MISSING: mariadb.missing ?? '',
    PGVECTOR_MISSING: pgvector.missing ?? '',
    SIMILAR_TFJS_DIR: tfjs.dir ?? '',
    SIMILAR_TFJS_MISSING: tfjs.missing ?? '',
  };
  const results = [{ outcome: 'passed', name: 'build' }];
  const files = [];
  try {
    for (const name of wanted) {
      if (CHECKS[name]) results.push(...(await check(name)));
      else files.push(...(await runGroup(name, { tmp, env })));
    }
  } finally {
    rmSync(tmp, { recursive: true, force: true, maxRetries: 3 });
  }
  if (files.length > 0) reportSlowest(files);
  process.exitCode = report([...results, ...files.flatMap((file) => file.results)]) ? 0 : 1;
}

await main();
