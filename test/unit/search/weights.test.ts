import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNeighbours } from '../../../plugin/search/neighbours';
import { rankByMean, rankWeighted } from '../../../plugin/search/rank';
import { type Weights, weighed, weightsOf, withWeights } from '../../../plugin/search/weights';
import { createRandom } from '../../helpers/vectors';

interface Item {
  name: string;
  pictures: number[];
  weights?: Weights;
}

const picturesOf = ({ pictures }: Item) => pictures;
const weightsIn = ({ weights }: Item) => weights;
const match = (fileId: number, similarity: number) => ({ fileId, similarity, rank: similarity, queryFileId: 1 });

test('a weight never lifts, keeps the order of what it weighs, and counts once for a picture in two places', () => {
  const random = createRandom(5);
  for (let i = 0; i < 500; i++) {
    const [a, b] = [random() * 2 - 1, random() * 2 - 1].sort((x, y) => x - y);
    const weight = random() || 1;
    assert.ok(weighed(a, weight) <= weighed(b, weight));
    assert.ok(weighed(a, weight) <= a);
    assert.equal(weighed(a), a);
  }
  assert.deepEqual(
    weightsOf([
      [1, 0.5],
      [1, 0.9],
      [1, 0.2],
      [2, 0.1],
    ]),
    new Map([
      [1, 0.9],
      [2, 0.1],
    ]),
  );
});

test('an item ranks as its best picture after weighing, and that one is its match', () => {
  const items: Item[] = [
    { name: 'gallery', pictures: [11], weights: new Map([[11, 0.5]]) },
    {
      name: 'both',
      pictures: [11, 12],
      weights: new Map([
        [11, 0.5],
        [12, 1],
      ]),
    },
    { name: 'none', pictures: [99], weights: new Map([[99, 1]]) },
    { name: 'plain', pictures: [13] },
  ];
  const matches = [match(11, 0.9), match(12, 0.6), match(13, 0.5)];
  const ranked = rankWeighted(items, picturesOf, weightsIn, matches);
  assert.deepEqual(
    ranked.map(({ item, rank, match: { fileId, similarity } }) => [item.name, rank, fileId, similarity]),
    [
      ['both', 0.6, 12, 0.6],
      ['plain', 0.5, 13, 0.5],
      ['gallery', 0.45, 11, 0.9],
    ],
  );
});

test('what is like a heavy query picture comes first, and similarity stays the cosine', async () => {
  const cosines: Record<number, Array<[number, number]>> = {
    1: [
      [20, 0.6],
      [21, 0.5],
    ],
    2: [
      [21, 0.9],
      [22, 0.8],
    ],
  };
  const index = {
    search: async () => [],
    searchLike: async (fileId: number) => cosines[fileId].map(([id, similarity]) => ({ fileId: id, similarity })),
  };
  const queries = withWeights([{ fileId: 1 }, { fileId: 2 }], new Map([[2, 0.5]]));
  const found = await findNeighbours(index, queries, { limit: 3 });
  assert.deepEqual(
    found.map(({ fileId, similarity, rank, queryFileId }) => [fileId, similarity, rank, queryFileId]),
    [
      [20, 0.6, 0.6, 1],
      [21, 0.5, 0.5, 1],
      [22, 0.8, 0.4, 2],
    ],
  );
});

test('a mean is weighted on both sides', () => {
  const items: Item[] = [
    { name: 'a', pictures: [10], weights: new Map([[10, 0.5]]) },
    { name: 'b', pictures: [11], weights: new Map([[11, 1]]) },
  ];
  const ranked = items.map((item, at) => ({ item, rank: 0, match: match(10 + at, 0.5) }));
  const cosines = [
    new Map([
      [10, 0.8],
      [11, 0.3],
    ]),
    new Map([
      [10, 0.8],
      [11, 0.7],
    ]),
  ];
  const found = rankByMean(ranked, picturesOf, cosines, [{ weight: 1 }, { weight: 0.25 }], weightsIn);
  assert.deepEqual(
    found.map(({ item, rank }) => [item.name, Number(rank.toFixed(6))]),
    [
      ['a', 0.4],
      ['b', 0.38],
    ],
  );
});
