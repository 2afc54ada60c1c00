import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather } from '../../plugin/gather';

test('what is asked in one turn is sent at once, and each gets its own answer', async () => {
  const sent: number[][] = [];
  const double = gather(async (asks: number[]) => {
    sent.push(asks);
    return asks.map((ask) => 2 * ask);
  });
  assert.deepEqual(await Promise.all([double(1), double(2), double(3)]), [2, 4, 6]);
  assert.equal(await double(4), 8);
  assert.deepEqual(sent, [[1, 2, 3], [4]]);
});

test('a failure is told to all who asked, and to nobody later', async () => {
  let broken = true;
  const echo = gather(async (asks: string[]) => {
    if (broken) throw new Error('broken');
    return asks;
  });
  const results = await Promise.allSettled([echo('a'), echo('b')]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  broken = false;
  assert.equal(await echo('c'), 'c');
});
