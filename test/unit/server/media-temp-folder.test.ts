import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { makeTempFolder, removeAbandoned } from '../../../server/src/media/temp-folder';

const before = process.env.TMPDIR;
const temp = mkdtempSync(path.join(os.tmpdir(), 'similar-temp-test-'));
process.env.TMPDIR = temp;
after(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(temp, { recursive: true, force: true });
});

/** The name of a folder as another process would make it. */
const folderOf = (mine: string, pid: number, host?: string) => {
  const name = path.basename(mine).replace(`-${process.pid}-`, `-${pid}-`).replace(/.{6}$/, 'abcdef');
  return path.join(temp, host ? name.replace(/^similar-picture-.*(?=-\d+-)/, `similar-picture-${host}`) : name);
};

test('folders of processes that have ended are removed, with what is in them, and no other ones', async () => {
  const mine = await makeTempFolder();
  const ended = spawnSync(process.execPath, ['-e', '']).pid as number;
  const gone = [folderOf(mine.path, ended), folderOf(mine.path, process.pid)];
  const kept = [
    mine.path,
    folderOf(mine.path, process.ppid),
    folderOf(mine.path, ended, 'another-host'),
    path.join(temp, 'similar-playground-abcdef'),
    path.join(temp, `similar-picture-${ended}`),
  ];
  for (const folder of [...gone, ...kept.slice(1)]) {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'picture'), 'bytes');
  }
  await removeAbandoned();
  for (const folder of gone) assert.ok(!existsSync(folder), folder);
  for (const folder of kept) assert.ok(existsSync(folder), folder);
  await mine.remove();
  assert.ok(!existsSync(mine.path));
});
