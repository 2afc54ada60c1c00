import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../helpers/until';

interface Ran {
  results: Array<{ outcome: string; name: string; reason?: string; why?: string }>;
  output: string;
}
type RunFile = (file: string, options: { env: object; tmp: string; stuckMs?: number }) => Promise<Ran>;

/** What `npm test` says of files that do not end as they should. */
describe('a test file in a process of its own', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'similar-run-'));
  let runFile: RunFile;
  before(async () => {
    const { href } = new URL(`file://${path.resolve(__dirname, '../../scripts/test/file.mjs')}`);
    ({ runFile } = await import(href));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function run(body: string, stuckMs = 60_000): Promise<Ran> {
    const file = path.join(folder, 'some.test.mjs');
    const imports = `import { after, describe, test } from 'node:test'; import { spawn } from 'node:child_process';`;
    writeFileSync(file, `${imports}\n${body}`);
    const ran = await runFile(file, { env: {}, tmp: folder, stuckMs });
    assert.deepEqual(readdirSync(folder), ['some.test.mjs'], 'its temporary folder is gone');
    return ran;
  }
  const SLEEPER = `const child = spawn('sleep', ['321']);`;
  const isRunning = () => readdirSync('/proc').some((pid) => commandOf(pid).includes('sleep\u0000321'));

  it('counts what passed, failed and was skipped, with the reason of each', async () => {
    const { results } = await run(`
      test('good', () => {});
      test('bad', () => { throw new Error('no'); });
      describe('rest', { skip: 'no such server' }, () => { test('never', () => {}); });`);
    const counted = results.map(({ outcome, name, reason }) => [outcome, name, reason]);
    assert.deepEqual(counted, [
      ['passed', 'good', undefined],
      ['failed', 'bad', undefined],
      ['skipped', 'rest', 'no such server'],
    ]);
    assert.match(results[1].why ?? '', /^Error: no\n +at .*some\.test\.mjs/);
  });

  it('fails when it is stuck, and names the test, what is active and the processes', async () => {
    const { results, output } = await run(
      `${SLEEPER} test('good', () => {}); test('for ever', () => new Promise(() => {}));`,
      3_000,
    );
    assert.deepEqual(results[0], { outcome: 'passed', name: 'good' });
    const [failed] = results.filter(({ outcome }) => outcome === 'failed');
    assert.match(failed.name, /some\.test\.mjs: nothing happened for 3 s; kept by “for ever”, sleep 321$/);
    assert.match(output, /Still active in this process: .*ProcessWrap/);
    await until('the process is gone', () => !isRunning());
  });

  it('is not stuck while tests end', async () => {
    const { results } = await run(
      `for (let i = 0; i < 5; i++) test(String(i), () => new Promise((end) => setTimeout(end, 800)));`,
      3_000,
    );
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      Array(5).fill('passed'),
    );
  });

  it('fails when it leaves a process running, which is then ended', async () => {
    const { results } = await run(
      `${SLEEPER} child.unref(); for (const s of child.stdio) s?.unref?.(); test('good', () => {});`,
    );
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['passed', 'failed'],
    );
    assert.match(results[1].name, /left running: sleep 321$/);
    await until('the process is gone', () => !isRunning());
  });

  it('fails when a hook does, or when it cannot be loaded', async () => {
    const hook = await run(`test('good', () => {}); after(() => { throw new Error('no'); });`);
    assert.ok(hook.results.some(({ outcome }) => outcome === 'failed'));
    const broken = await run(`import 'no-such-package';`);
    assert.match(broken.results[0].name, /ended with 1$/);
    assert.match(broken.output, /no-such-package/);
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
