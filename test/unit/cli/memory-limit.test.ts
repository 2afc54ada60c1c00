import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { containerLimit, judgeMemory } from '../../../cli/checks/machine';

const MIB = 2 ** 20;
const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-cgroup-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

/** A machine whose groups have these limits, and a process in one of them. */
function limitOf(groups: string, limits: Record<string, string>): Promise<number | undefined> {
  const root = path.join(folder, String(made++));
  mkdirSync(root);
  for (const [file, text] of Object.entries(limits)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), `${text}\n`);
  }
  writeFileSync(path.join(root, 'self'), groups);
  return containerLimit(root, path.join(root, 'self'));
}

test('the limit of a container is found, of either kind of groups', async () => {
  const mib = String(512 * MIB);
  assert.equal(await limitOf('0::/\n', { 'memory.max': mib }), 512 * MIB);
  assert.equal(await limitOf('0::/\n', { 'memory.max': 'max' }), undefined);
  assert.equal(await limitOf('4:memory:/docker/1\n', { 'memory/memory.limit_in_bytes': mib }), 512 * MIB);
  assert.equal(await limitOf('4:memory:/\n', { 'memory/memory.limit_in_bytes': '9223372036854771712' }), undefined);
  assert.equal(await limitOf('', {}), undefined);
});

test('outside of containers the limit is that of the own group, or of one above it', async () => {
  const own = { 'system.slice/memory.max': String(700 * MIB), 'system.slice/strapi.service/memory.max': 'max' };
  assert.equal(await limitOf('0::/system.slice/strapi.service\n', own), 700 * MIB);
  const first = { 'memory/a/memory.limit_in_bytes': String(300 * MIB) };
  assert.equal(await limitOf('9:pids:/x\n4:memory:/a\n', first), 300 * MIB);
});

test('below 2 GB the preset is suggested', () => {
  const small = judgeMemory(1_024 * MIB, true);
  assert.equal(small.state, 'warning');
  assert.match(small.detail, /^1024 MiB in this container/);
  assert.match(small.remedy ?? '', /preset: 'small'/);
  assert.deepEqual([judgeMemory(2_047 * MIB, false).state, judgeMemory(2_048 * MIB, false).state], ['warning', 'ok']);
});
