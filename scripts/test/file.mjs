import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../setup/paths.mjs';
import { startGroup } from './process-group.mjs';

/** A file in which for so long no test begins or ends is stuck; a long one that gets on is not. */
const STUCK_MS = 4 * 60_000;
/** For what is being ended when the file ends. */
const GRACE_MS = 3_000;
const here = (name) => path.join(ROOT, 'scripts/test', name);

/**
 * Runs a test file in a process and a temporary folder of its own.
 * @returns its tests' results, what it printed, and the milliseconds that it took. It fails when it is stuck, and when it leaves
 * processes running.
 */
export async function runFile(file, { env, tmp, stuckMs = STUCK_MS }) {
  const started = performance.now();
  const folder = mkdtempSync(path.join(tmp, 'file-'));
  // PostgreSQL does not run as root: its own user has to get through.
  chmodSync(folder, 0o711);
  const events = path.join(folder, 'events.jsonl');
  const args = [
    ...['--import', 'tsx', '--import', pathToFileURL(here('active.mjs')).href],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[`--test-reporter=${here('reporter.mjs')}`, `--test-reporter-destination=${events}`],
    file,
  ];
  const stdio = ['ignore', 'pipe', 'pipe'];
  // Without a context of `node --test`, in which it would report to that.
  const ownEnv = { ...env, TMPDIR: folder, NODE_TEST_CONTEXT: undefined };
  const group = startGroup(process.execPath, args, { stdio, env: ownEnv });
  let output = '';
  for (const stream of [group.child.stdout, group.child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  }
  try {
    const stuck = await watch(group, events, stuckMs);
    const status = await group.ended;
    const left = stuck ? [] : await leftOver(group);
    const { results, unfinished } = resultsOf(events);
    const fail = (why) => results.push({ outcome: 'failed', name: `${file}: ${why}` });
    if (stuck) {
      const kept = [...unfinished.map((name) => `“${name}”`), ...stuck.processes];
      fail(`nothing happened for ${stuckMs / 1000} s; kept by ${kept.join(', ') || 'what it says above'}`);
    }
    if (left.length > 0) fail(`left running: ${left.join(', ')}`);
    if (status !== 0 && !results.some(({ outcome }) => outcome === 'failed')) fail(`ended with ${status}`);
    return { file, results, output, ms: performance.now() - started };
  } finally {
    group.kill();
    group.forget();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Waits for the end. @returns what was still running if the file got stuck and had to be ended. */
async function watch(group, events, stuckMs) {
  let [size, since, over] = [0, Date.now(), false];
  void group.ended.then(() => {
    over = true;
  });
  while (!over) {
    await Promise.race([group.ended, sleep(500)]);
    const now = existsSync(events) ? statSync(events).size : 0;
    if (now !== size) [size, since] = [now, Date.now()];
    if (over || Date.now() - since < stuckMs) continue;
    if (process.platform !== 'win32') process.kill(group.child.pid, 'SIGUSR2');
    await Promise.race([group.ended, sleep(1000)]);
    const processes = group.others().map(({ command }) => command);
    group.kill();
    return { processes };
  }
  return undefined;
}

/** @returns command lines of processes that the file started and did not end. */
async function leftOver(group) {
  const end = Date.now() + GRACE_MS;
  for (;;) {
    const left = group.others().map(({ command }) => command);
    if (left.length === 0 || Date.now() > end) return left;
    await sleep(100);
  }
}

function resultsOf(events) {
  const lines = existsSync(events) ? readFileSync(events, 'utf8').split('\n').filter(Boolean) : [];
  const results = [];
  const running = new Map();
  for (const { began, nesting, name, ...outcome } of lines.map((line) => JSON.parse(line))) {
    if (began !== undefined) running.set(`${nesting} ${began}`, began);
    else running.delete(`${nesting} ${name}`);
    if (outcome.outcome) results.push({ ...outcome, name });
  }
  return { results, unfinished: [...running.values()] };
}
