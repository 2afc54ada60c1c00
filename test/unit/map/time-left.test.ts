import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTimeLeft } from '../../../plugin/map/time-left';

test('the time left goes by the speed since the first share, and is not known before', () => {
  let now = 60_000;
  const left = createTimeLeft(() => now);
  assert.equal(left(0.02), undefined);
  now += 1_000;
  assert.equal(left(0.04), undefined);
  now += 3_000;
  assert.equal(left(0.22), 15.6);
  now += 1_000;
  assert.equal(left(1), 0);
});
