import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../helpers/until';

/** How the plugin's processes are started must not depend on how the CMS was. */
describe('a CMS that was started with flags of its own', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-inherited-'));
  const ran = path.join(folder, 'ran');
  const preload = path.join(folder, 'preload.cjs');
  const preloaded = path.join(folder, 'preloaded');
  const plugin = (file: string) => JSON.stringify(path.resolve(__dirname, '../../plugin', file));
  /** Code that runs in a child as well would start the next: it is stopped after some. */
  const code = `
    const { appendFileSync, readFileSync } = require('node:fs');
    appendFileSync(${JSON.stringify(ran)}, process.pid + '\\n');
    if (readFileSync(${JSON.stringify(ran)}, 'utf8').split('\\n').length > 4) process.exit();
    const logger = { info() {}, warn: console.error, error: console.error, debug() {} };
    const { createUsearchIndex } = require(${plugin('vector-index/usearch.ts')});
    const { createEmbedder } = require(${plugin('embedder/embedder.ts')});
    const { resolveModel } = require(${plugin('models/resolve.ts')});
    const { configSchema } = require(${plugin('contracts/config.ts')});
    (async () => {
      const config = configSchema.parse({}).index;
      const index = createUsearchIndex({ stateDir: ${JSON.stringify(folder)}, config, logger });
      const { pid } = await index.open({ id: 'test@1/x', model: 'test', dims: 4 });
      const embedder = createEmbedder({ model: await resolveModel('efficientnet-lite0'), logger });
      while (embedder.status().state !== 'ready') await new Promise((resolve) => setTimeout(resolve, 50));
      console.log(JSON.stringify([pid, embedder.status().pid]));
    })();
  `;
  let children: number[];
  let end: () => void = () => {};

  before(async () => {
    writeFileSync(preload, `require('node:fs').appendFileSync(${JSON.stringify(preloaded)}, process.pid + '\\n');`);
    const tsx = require.resolve('tsx');
    const flags = ['--import', tsx, '--cpu-prof', `--cpu-prof-dir=${folder}`, '--inspect=0', '-e', code];
    const parent = spawn(process.execPath, flags, {
      env: { ...process.env, NODE_OPTIONS: `--require ${preload} --max-old-space-size=555`, NODE_AUTH_TOKEN: 'secret' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    // Its whole group: it may have started more than it should.
    end = () => process.kill(-(parent.pid as number), 'SIGKILL');
    let said = '';
    let complained = '';
    parent.stdout.on('data', (text) => {
      said += text;
    });
    parent.stderr.on('data', (text) => {
      complained += text;
    });
    await until('both processes run', () => said.endsWith('\n') || parent.exitCode !== null);
    assert.notEqual(said, '', complained);
    children = JSON.parse(said);
  });
  after(() => {
    end();
    rmSync(folder, { recursive: true, maxRetries: 3 });
  });

  test('by node -e: its code runs once', () => {
    assert.equal(readFileSync(ran, 'utf8').trim().split('\n').length, 1);
  });

  test('what it preloads is loaded in no other process', () => {
    assert.equal(new Set(readFileSync(preloaded, 'utf8').trim().split('\n')).size, 1);
  });

  test('its processes have the flags that they need, and a lower priority', () => {
    for (const child of children) {
      const [, ...flags] = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0');
      assert.deepEqual([flags[0], flags.length], ['--import', 4], flags.join(' '));
      const environment = readFileSync(`/proc/${child}/environ`, 'utf8');
      assert.match(environment, /PATH=/);
      assert.doesNotMatch(environment, /NODE_OPTIONS|NODE_AUTH_TOKEN/);
    }
    const [index, embedder] = children.map((child) => os.getPriority(child) - os.getPriority());
    assert.ok(index > 0, 'the index comes after the CMS');
    assert.ok(embedder > index, 'and the embedder after the index, for which somebody waits');
  });
});
