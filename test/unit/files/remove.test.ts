import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { remove } from '../../../plugin/files/remove';

const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-remove-'));
after(() => rmSync(folder, { recursive: true }));

test('what is there is gone, whether a file or a folder', async () => {
  mkdirSync(path.join(folder, 'full/deep'), { recursive: true });
  writeFileSync(path.join(folder, 'file'), 'x');
  for (const name of ['full', 'file']) {
    await remove(path.join(folder, name));
    assert.ok(!existsSync(path.join(folder, name)), name);
  }
});

test('what is not there, or cannot be, is no error', async () => {
  writeFileSync(path.join(folder, 'file'), 'x');
  await remove(path.join(folder, 'none/deep'));
  await remove(path.join(folder, 'file/below'));
});
