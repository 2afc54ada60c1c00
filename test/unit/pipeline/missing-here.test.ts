import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMissingHere } from '../../../plugin/pipeline/missing-here';
import type { ItemStatus } from '../../../plugin/ports';

const rows = (count: number, changes: Partial<ItemStatus> = {}): ItemStatus[] =>
  Array.from({ length: count }, (_, at) => ({
    ...{ fileId: at + 1, state: 'ready', hasVector: true, attempts: 0, updatedAt: 1 },
    ...changes,
  }));

test('a few are asked about, once each', () => {
  const missing = createMissingHere();
  assert.deepEqual(missing.judge(rows(2), 10), { ask: [1, 2], unseen: false });
  assert.deepEqual(missing.judge(rows(3), 10), { ask: [3], unseen: false });
  assert.deepEqual(missing.judge(rows(100), 2_000).ask.length, 97, 'a small share of many');
});

test('of many the others are asked about five; if none answers, no more are asked about', () => {
  const missing = createMissingHere();
  assert.deepEqual(missing.judge(rows(500), 1_000), { ask: [1, 2, 3, 4, 5], unseen: true });
  assert.deepEqual(missing.judge(rows(500), 1_000), { ask: [], unseen: true });
  assert.deepEqual(missing.judge(rows(500, { state: 'failed', updatedAt: 2 }), 1_000), { ask: [], unseen: true });
});

test('one that another node has made ready shows that others have bytes, until all are here again', () => {
  const missing = createMissingHere();
  missing.judge(rows(500), 1_000);
  const [first, ...others] = rows(500);
  const answered = [{ ...first, updatedAt: 2 }, ...others];
  const { ask, unseen } = missing.judge(answered, 1_000);
  assert.deepEqual([ask.length, ask[0], unseen], [100, 6, false]);
  assert.equal(missing.judge(answered, 1_000).ask[0], 106);
  missing.judge([], 1_000);
  assert.equal(missing.judge(answered, 1_000).unseen, true);
});
