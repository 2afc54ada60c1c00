import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rankItems } from '../../../plugin/search/rank';

const match = (fileId: number, similarity: number, queryFileId = 1) => ({
  fileId,
  similarity,
  rank: similarity,
  queryFileId,
});
const picturesOf = ({ pictures }: { pictures: number[] }) => pictures;

test('an item is as similar as its best picture, and says which pair that was', () => {
  const items = [
    { name: 'b', pictures: [30, 11] },
    { name: 'a', pictures: [20] },
  ];
  const ranked = rankItems(items, picturesOf, [match(11, 0.9, 2), match(20, 0.8), match(30, 0.7)]);
  assert.deepEqual(
    ranked.map(({ item, match: best }) => [item.name, best.similarity, best.queryFileId, best.fileId]),
    [
      ['b', 0.9, 2, 11],
      ['a', 0.8, 1, 20],
    ],
  );
});

test('items without a match are left out, also those without pictures', () => {
  const items = [{ pictures: [5] }, { pictures: [] }, { pictures: [6] }];
  assert.deepEqual(
    rankItems(items, picturesOf, [match(6, 0.5)]).map(({ item }) => item.pictures),
    [[6]],
  );
});

test('items that share their best picture keep the order they came in', () => {
  const items = [
    { pictures: [7], name: 'x' },
    { pictures: [7], name: 'y' },
  ];
  assert.deepEqual(
    rankItems(items, picturesOf, [match(7, 1)]).map(({ item }) => item.name),
    ['x', 'y'],
  );
});
