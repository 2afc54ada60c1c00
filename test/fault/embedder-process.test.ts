import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { until } from '../helpers/until';

/** What the process that uses an embedder notices of it, and what becomes of the embedder when that process goes. */
const folder = mkdtempSync(path.join(tmpdir(), 'similar-parent-'));
const picture = path.join(folder, 'picture.png');

before(() =>
  sharp({ create: { width: 32, height: 32, channels: 3, background: 'teal', noise: { type: 'gaussian', sigma: 30 } } })
    .png()
    .toFile(picture),
);
after(() => rmSync(folder, { recursive: true }));

interface State {
  ok: boolean;
  pid: number;
  modules: string[];
  libraries: string[];
}

async function startParent(...args: string[]): Promise<{ parent: ChildProcess; state: State }> {
  const file = path.join(__dirname, 'embedder-parent.ts');
  const parent = spawn(process.execPath, ['--import', 'tsx', file, picture, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout!, 'data');
  return { parent, state: JSON.parse(String(line)) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie has ended and only waits to be noticed.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const isGone = (pid: number) => until(`process ${pid} is gone`, () => !isAlive(pid));

test('the using process loads no native code, and ends by itself after close', async () => {
  const { parent, state } = await startParent('close');
  assert.equal(state.ok, true);
  assert.deepEqual(state.modules, []);
  assert.deepEqual(state.libraries, []);
  const [code] = parent.exitCode === null ? await once(parent, 'exit') : [parent.exitCode];
  assert.equal(code, 0);
  assert.equal(isAlive(state.pid), false);
});

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`the embedder process ends when the using process is ended by ${signal}`, async () => {
    const { parent, state } = await startParent();
    assert.equal(isAlive(state.pid), true);
    parent.kill(signal);
    await isGone(state.pid);
  });
}

test('the embedder process has a lower priority and sees no secrets', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async () => {
  process.env.DATABASE_PASSWORD = 'secret';
  try {
    const { parent, state } = await startParent();
    const niceness = (file: string) => Number(readFileSync(file, 'utf8').split(') ')[1].split(' ')[16]);
    assert.equal(niceness(`/proc/${state.pid}/stat`) - niceness('/proc/self/stat'), 19);
    const environment = readFileSync(`/proc/${state.pid}/environ`, 'utf8');
    assert.match(environment, /PATH=/);
    assert.doesNotMatch(environment, /DATABASE_PASSWORD/);
    parent.kill();
    await isGone(state.pid);
  } finally {
    delete process.env.DATABASE_PASSWORD;
  }
});
