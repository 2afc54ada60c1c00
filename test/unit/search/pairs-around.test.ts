import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDuplicates } from '../../../plugin/search/duplicates';
import { PairsAround } from '../../../plugin/search/pairs-around';
import { samplePairs } from '../../../plugin/search/sample-pairs';
import { cosine } from '../../../plugin/vectors/cosine';
import { createParts, quiet, SPACE } from '../../helpers/pipeline';
import { stored } from '../../helpers/vectors';

const shown = (links: PairsAround['above']) => links.map(({ a, b, similarity }) => [a, b, similarity]);

test('keeps the pairs nearest to the threshold, on each side', () => {
  const pairs = new PairsAround(0.9, 2);
  for (const [a, b, similarity] of [
    [1, 2, 0.99],
    [3, 4, 0.9],
    [5, 6, 0.93],
    [7, 8, 0.2],
    [9, 10, 0.89],
    [11, 12, 0.7],
  ]) {
    pairs.add({ a, b, similarity });
  }
  assert.deepEqual(shown(pairs.above), [
    [3, 4, 0.9],
    [5, 6, 0.93],
  ]);
  assert.deepEqual(shown(pairs.below), [
    [9, 10, 0.89],
    [11, 12, 0.7],
  ]);
});

test('a pair counts once, whichever way round it comes', () => {
  const pairs = new PairsAround(0.9, 3);
  pairs.add({ a: 2, b: 1, similarity: 0.9500001 });
  pairs.add({ a: 1, b: 2, similarity: 0.9499999 });
  assert.deepEqual(shown(pairs.above), [[1, 2, 0.95]]);
});

test('a library’s sample and its known duplicates give real pairs with their cosines', async () => {
  const parts = await createParts();
  try {
    await parts.index.open(SPACE);
    // An arc: neighbours are alike, the ends are not.
    const vectors = Array.from({ length: 90 }, (_, at) => {
      const angle = (at * Math.PI) / 180;
      return Float32Array.from([Math.cos(angle), Math.sin(angle), 0, 0]);
    });
    const rows = vectors.map((vector, at) => stored(at + 1, at + 1, vector));
    await parts.index.put(rows);
    const store = {
      vectors: async (_space: string, ids: readonly number[]) => new Map(ids.map((id) => [id, vectors[id - 1]])),
      vectorsSince: async (_space: string, after: number) => rows.filter(({ seq }) => seq > after),
      lostSince: async () => [],
      counts: async () => ({ vectors: rows.length }) as never,
      photos: async () => new Map(),
      lastSeq: async () => rows.length,
    };
    const { index } = parts;
    const nearest = (vector: Float32Array, k: number) => index.search(vector, k);
    const pairs = new PairsAround(0.5, 4);
    for (const pair of await samplePairs({ space: SPACE, store, index, nearest })) pairs.add(pair);
    const duplicates = createDuplicates({ space: SPACE, store, nearest, logger: quiet });
    assert.deepEqual(await duplicates.showTo(pairs), { done: 90, total: 90 });
    for (const side of [pairs.above, pairs.below]) {
      assert.equal(side.length, 4);
      for (const { a, b, similarity } of side) {
        assert.ok(Math.abs(similarity - 0.5) < 0.1, `${similarity} is far from the threshold`);
        assert.ok(Math.abs(similarity - cosine(vectors[a - 1], vectors[b - 1])) < 0.01);
      }
    }
    const alike = new PairsAround(0.9995, 4);
    await duplicates.showTo(alike);
    assert.deepEqual(
      alike.above.map(({ a, b }) => b - a),
      [1, 1, 1, 1],
    );
  } finally {
    await parts.close();
  }
});
