import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evenly } from '../../../server/src/util/evenly';

test('so many, evenly, each once, with the first and the last', () => {
  assert.deepEqual(evenly([1, 2, 3], 5), [1, 2, 3]);
  assert.deepEqual(evenly([1, 2, 3, 4, 5], 3), [1, 3, 5]);
  assert.deepEqual(evenly([1, 2, 3], 1), [1]);
  assert.deepEqual(evenly([1, 2, 3], 0), []);
  const many = Array.from({ length: 600 }, (_, at) => at);
  const some = evenly(many, 20);
  assert.equal(new Set(some).size, 20);
  assert.deepEqual([some[0], some.at(-1)], [0, 599]);
  const gaps = some.slice(1).map((at, before) => at - some[before]);
  assert.ok(Math.max(...gaps) - Math.min(...gaps) <= 1);
});
