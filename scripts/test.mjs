/**
 * `npm test`: installs and builds what is missing, then runs lint, types and every test.
 * `--only unit,contract` runs these groups alone (groups: lint, types, unit, contract, integration, fault, browser).
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { provideTfjsNode } from './engines/install-tfjs-node.mjs';
import { provideChromium } from './setup/chromium.mjs';
import { bin, ROOT } from './setup/paths.mjs';
import { endWith, setup } from './setup.mjs';
import { report, title } from './test/report.mjs';
import { run } from './test/run.mjs';

const MINUTE = 60_000;
/** Everything together; a group never gets more than what is left. */
const DEADLINE = Date.now() + 38 * MINUTE;
const left = () => Math.max(1000, DEADLINE - Date.now());
const FILE_TIMEOUT = 6 * MINUTE;

const CHECKS = {
  lint: [['biome', ['check', '.']]],
  types: [
    ['tsc', ['-p', 'tsconfig.json', '--noEmit']],
    ['tsc', ['-p', 'admin/tsconfig.json', '--noEmit']],
  ],
};
/** Cheapest first. Tests that boot Strapi or kill processes run one file at a time: they need the machine for themselves. */
const GROUPS = {
  unit: { concurrency: 2, minutes: 10 },
  contract: { concurrency: 2, minutes: 10 },
  integration: { concurrency: 1, minutes: 12 },
  fault: { concurrency: 1, minutes: 15 },
  browser: { concurrency: 1, minutes: 10 },
};

function filesOf(group) {
  const folder = path.join(ROOT, 'test', group);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.ts'));
  return names.sort().map((name) => path.join('test', group, name));
}

async function check(name) {
  title(name);
  for (const [program, args] of CHECKS[name]) {
    const status = await run(bin(program), args, { limit: left() });
    if (status !== 0) return [{ outcome: 'failed', name: `${name}: ${program} ${args.join(' ')}` }];
  }
  return [{ outcome: 'passed', name }];
}

async function runGroup(name, { tmp, env }) {
  const files = filesOf(name);
  if (files.length === 0) return [];
  title(name);
  const { concurrency, minutes } = GROUPS[name];
  const counted = path.join(tmp, `${name}.jsonl`);
  const args = [
    ...['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, `--test-timeout=${FILE_TIMEOUT}`],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=./scripts/test/reporter.mjs', `--test-reporter-destination=${counted}`],
    ...files,
  ];
  const limit = Math.min(minutes * MINUTE, left());
  const status = await run(process.execPath, args, { env, limit });
  const lines = existsSync(counted) ? readFileSync(counted, 'utf8').split('\n').filter(Boolean) : [];
  const results = lines.map((line) => JSON.parse(line));
  // Also when the runner itself broke off, before a test could be counted as failed.
  if (status !== 0 && !results.some(({ outcome }) => outcome === 'failed')) {
    results.push({ outcome: 'failed', name: `${name}: the test runner: ${status}` });
  }
  return results;
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const known = [...Object.keys(CHECKS), ...Object.keys(GROUPS)];
  const wanted = values.only?.split(',') ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`--only knows ${known.join(', ')}, not ${unknown.join(', ')}`);

  const browser = wanted.includes('browser') && filesOf('browser').length > 0;
  await setup({ panel: browser }).catch(endWith);
  const chromium = browser ? await provideChromium() : {};
  const tfjs = wanted.includes('contract') ? provideTfjsNode() : {};

  // Strapi boots twice as fast on a memory disk.
  const memoryDisk = '/dev/shm';
  const tmp = mkdtempSync(path.join(existsSync(memoryDisk) ? memoryDisk : os.tmpdir(), 'similar-test-'));
  // PostgreSQL does not run as root: its own user has to get through.
  chmodSync(tmp, 0o711);
  const env = {
    TMPDIR: tmp,
    CHROMIUM_PATH: chromium.path ?? '',
    CHROMIUM_MISSING: chromium.missing ?? '',
    SIMILAR_TFJS_DIR: tfjs.dir ?? '',
    SIMILAR_TFJS_MISSING: tfjs.missing ?? '',
  };
  const results = [{ outcome: 'passed', name: 'build' }];
  try {
    for (const name of wanted) results.push(...(CHECKS[name] ? await check(name) : await runGroup(name, { tmp, env })));
  } finally {
    rmSync(tmp, { recursive: true, force: true, maxRetries: 3 });
  }
  process.exitCode = report(results) ? 0 : 1;
}

await main();
