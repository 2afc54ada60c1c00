import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Finding } from '../../cli/checks/check';
import { APP_DIR, createFolder, playgroundEnv } from '../helpers/strapi-folder';

const CLI = path.resolve(__dirname, '../../dist/cli/main.js');
const folder = createFolder();
after(() => rmSync(folder, { recursive: true, force: true }));

function doctor(env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'doctor', '--app', APP_DIR, '--json'], {
    encoding: 'utf8',
    env: { ...process.env, ...playgroundEnv(folder, { config: { sweep: { intervalMs: 0 } }, env }) },
    timeout: 80_000,
  });
  const findings: Finding[] = JSON.parse(stdout);
  return { status, stderr, of: (name: string) => findings.find((finding) => finding.name === name) };
}

test('in a project: versions, configuration, database and folders', () => {
  const { status, stderr, of } = doctor();
  assert.equal(status, 0, stderr);
  assert.match(of('Strapi')?.detail ?? '', /^5\.\d+\.\d+, /);
  assert.match(of('Configuration')?.detail ?? '', /^config\/plugins sets .*sweep/);
  assert.deepEqual(of('Database'), {
    name: 'Database',
    state: 'ok',
    detail: 'sqlite: 0 pictures ready, 0 waiting, 0 failed',
  });
  assert.equal(of('Uploads')?.state, 'ok');
  assert.equal(of('State folder')?.state, 'ok');
  assert.ok(!existsSync(path.join(folder, 'public/.similar')), 'it opens no index');
});

test('a state folder that cannot be made is a problem with a remedy', () => {
  const file = path.join(folder, 'public/.similar');
  writeFileSync(file, '');
  const { status, of } = doctor();
  assert.equal(status, 1);
  assert.equal(of('State folder')?.state, 'problem');
  assert.match(of('State folder')?.remedy ?? '', /^Set stateDir/);
});

test('a project that does not start says so, and the rest is looked at', () => {
  const { status, of } = doctor({ APP_KEYS: '' });
  assert.equal(status, 1);
  assert.match(of('Strapi')?.detail ?? '', /cannot be loaded: .*keys/i);
  assert.equal(of('Decoder and engine')?.state, 'ok');
});
