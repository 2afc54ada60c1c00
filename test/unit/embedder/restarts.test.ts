import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRestarts } from '../../../plugin/embedder/restarts';

test('crashes in a row are followed by longer and longer pauses, up to 5 s; work resets them', () => {
  const restarts = createRestarts();
  assert.deepEqual([1, 2, 3].map(restarts.afterCrash), [50, 100, 200]);
  for (let i = 0; i < 20; i++) restarts.afterCrash();
  assert.equal(restarts.afterCrash(), 5_000);
  restarts.worked();
  assert.equal(restarts.afterCrash(), 50);
});

test('three starts without success, or one that says why, count as broken; the next try comes later each time', () => {
  const restarts = createRestarts();
  assert.deepEqual(
    [1, 2, 3].map(() => restarts.afterFailedStart(false).broken),
    [false, false, true],
  );
  assert.deepEqual(restarts.afterFailedStart(true), { delay: 20_000, broken: true });
  for (let i = 0; i < 20; i++) restarts.afterFailedStart(true);
  assert.equal(restarts.afterFailedStart(true).delay, 300_000);
  restarts.ready();
  assert.deepEqual(restarts.afterFailedStart(true), { delay: 10_000, broken: true });
});
