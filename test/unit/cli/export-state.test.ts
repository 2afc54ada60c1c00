import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { readExportState } from '../../../cli/export-state';

const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-export-'));
after(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, 'state');

const entry = (documentId: string, similar: string[], similarity = 0.9) => ({
  type: 'api::product.product',
  documentId,
  locale: 'en',
  similar: similar.map((id) => ({ documentId: id, source: 'visual', similarity, score: similarity })),
});

test('what was not saved is told again', async () => {
  const first = await readExportState(file);
  assert.equal(first.isNews(entry('a', ['b'])), true);
  const again = await readExportState(file);
  assert.equal(again.isNews(entry('a', ['b'])), true);
  assert.equal(again.isNews({ ...entry('b', []), locale: undefined }), true);
  await again.save();
});

test('news are other look-alikes and another order; who is gone is named', async () => {
  const state = await readExportState(file);
  assert.equal(state.isNews(entry('a', ['b'], 0.5)), false);
  assert.equal(state.isNews(entry('a', ['b', 'c'])), true);
  assert.deepEqual(state.gone(), [{ type: 'api::product.product', documentId: 'b' }]);
  await state.save();
  const next = await readExportState(file);
  assert.equal(next.isNews(entry('a', ['c', 'b'])), true);
  assert.deepEqual(next.gone(), []);
});

test('another file is left as it is', async () => {
  for (const text of ['', '{"entries":[]}', 'similar-export 1\nnonsense\n']) {
    writeFileSync(file, text);
    await assert.rejects(readExportState(file), /Expected a file that an earlier export/);
  }
});
