import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { WriteBatch } from '../../../plugin/pipeline/write-batch';
import type { Embedded } from '../../../plugin/ports';

let stored: number[][];
let waitMs: number;
let batch: WriteBatch;

const item = (fileId: number) => ({ claim: { fileId } }) as Embedded;
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  stored = [];
  waitMs = 200;
  batch = new WriteBatch(
    async (items) => void stored.push(items.map(({ claim }) => claim.fileId)),
    () => waitMs,
    4,
  );
  let now = 0;
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', () => now);
  tick = async (ms) => {
    now += ms;
    mock.timers.tick(ms);
    await settled();
  };
});
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});
let tick: (ms: number) => Promise<void>;

test('items wait for others, as long as the first may', async () => {
  void batch.add(item(1));
  await tick(150);
  void batch.add(item(2));
  assert.equal(batch.size, 2);
  assert.deepEqual(stored, []);
  await tick(50);
  assert.deepEqual([stored, batch.size], [[[1, 2]], 0]);
});

test('one that may wait less takes the others with it, and one that may wait longer holds up none', async () => {
  void batch.add(item(1));
  await tick(10);
  waitMs = 20;
  void batch.add(item(2));
  waitMs = 200;
  void batch.add(item(3));
  await tick(19);
  assert.deepEqual(stored, []);
  await tick(1);
  assert.deepEqual(stored, [[1, 2, 3]]);
  void batch.add(item(4));
  await tick(199);
  assert.equal(stored.length, 1, 'the next batch has its own time');
  await tick(1);
  assert.deepEqual(stored[1], [4]);
});

test('a full batch does not wait', async () => {
  for (const id of [1, 2, 3, 4, 5]) void batch.add(item(id));
  await settled();
  assert.deepEqual([stored, batch.size], [[[1, 2, 3, 4]], 1]);
});

test('what is being stored counts until it is', async () => {
  let end = () => {};
  const slow = new WriteBatch(
    () => new Promise<void>((resolve) => (end = resolve)),
    () => 0,
    1,
  );
  const added = slow.add(item(1));
  await settled();
  assert.equal(slow.size, 1);
  end();
  await added;
  assert.equal(slow.size, 0);
});
