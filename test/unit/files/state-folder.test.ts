import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { makeStateFolder } from '../../../plugin/files/state-folder';

let dir: string;
before(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'similar-state-'));
});
after(() => rm(dir, { recursive: true }));

test('a state folder that is made is left out of git', async () => {
  const folder = path.join(dir, 'public/.similar');
  await makeStateFolder(folder);
  assert.equal(await readFile(path.join(folder, '.gitignore'), 'utf8'), '*\n');
  await makeStateFolder(folder);
});

test('into a folder that is there nothing is written', async () => {
  const folder = path.join(dir, 'data');
  await mkdir(folder);
  await makeStateFolder(folder);
  assert.deepEqual(await readdir(folder), []);
});
