import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedPictures } from '../../../server/src/search/asked-pictures';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

test('a few are all searched with, in their order', () => {
  assert.deepEqual(askedPictures([3, 1, 2], new Map([[2, 0.1]])), [3, 1, 2]);
});

test('of many, the heaviest are searched with wherever they are, and the others evenly', () => {
  const many = numbers(1, 100);
  const weights = new Map(many.map((id) => [id, [50, 98].includes(id) ? 1 : 0.5]));
  const asked = askedPictures(many, weights);
  assert.equal(new Set(asked).size, 20);
  assert.deepEqual(asked.slice(0, 2), [50, 98]);
  assert.deepEqual([asked[2], asked[19]], [1, 100]);
});

test('heavy ones leave room for one light one, or for none', () => {
  for (const heavy of [19, 20, 30]) {
    const weights = new Map(numbers(1, 40).map((id) => [id, id <= heavy ? 1 : 0.5]));
    const asked = askedPictures(numbers(1, 40), weights);
    assert.equal(asked.length, 20);
    assert.equal(asked.filter((id) => id > heavy).length, Math.max(0, 20 - heavy));
  }
});

test('without weights they are chosen evenly', () => {
  const asked = askedPictures(numbers(1, 39));
  assert.deepEqual(
    asked,
    numbers(1, 39).filter((id) => id % 2 === 1),
  );
});
