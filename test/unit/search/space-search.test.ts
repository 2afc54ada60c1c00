import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { diversify } from '../../../plugin/search/diversify';
import { createDuplicates } from '../../../plugin/search/duplicates';
import { findNeighbours } from '../../../plugin/search/neighbours';
import { rankByMean, rankItems } from '../../../plugin/search/rank';
import { applyFeedback } from '../../../plugin/search/relevance-feedback';
import { measureScoreScale, ScoreScale } from '../../../plugin/search/score';
import { createSpaceSearch } from '../../../plugin/search/space-search';
import { shownGroups } from '../../helpers/groups';
import { createParts, type Parts, quiet, SPACE } from '../../helpers/pipeline';
import { stored } from '../../helpers/vectors';

const unit = (...values: number[]) => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};
const X = unit(1, 0, 0, 0);
const Y = unit(0, 1, 0, 0);
const between = (share: number) => unit(1 - share, share, 0, 0);

let parts: Parts;
beforeEach(async () => {
  parts = await createParts();
  await parts.index.open(SPACE);
});
afterEach(() => parts.close());

const put = (vectors: Record<number, Float32Array>) =>
  parts.index.put(Object.entries(vectors).map(([id, vector]) => stored(Number(id), Number(id), vector)));

describe('neighbours', () => {
  test('of several pictures: each once, with the asked picture it is nearest to', async () => {
    await put({ 1: X, 2: Y, 3: between(0.2), 4: between(0.7) });
    const queries = [
      { fileId: 1, vector: X },
      { fileId: 2, vector: Y },
    ];
    const found = await findNeighbours(parts.index, queries, { limit: 10, exclude: [1, 2] });
    assert.deepEqual(
      found.map(({ fileId, queryFileId }) => [fileId, queryFileId]),
      [
        [3, 1],
        [4, 2],
      ],
    );
  });

  test('a full page also when everything near is left out', async () => {
    await put(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i + 1, between(i / 40)])));
    const exclude = Array.from({ length: 20 }, (_, i) => i + 1);
    const found = await findNeighbours(parts.index, [{ fileId: null, vector: X }], { limit: 5, exclude });
    assert.deepEqual(
      found.map(({ fileId }) => fileId),
      [21, 22, 23, 24, 25],
    );
  });

  test('a steered search orders by the steered vector and reports the cosine to the picture itself', async () => {
    await put({ 3: between(0.1), 4: between(0.9) });
    const found = await findNeighbours(parts.index, [{ fileId: 1, vector: X, steered: Y }], { limit: 2 });
    assert.deepEqual(
      found.map(({ fileId }) => fileId),
      [4, 3],
    );
    assert.ok(found[0].similarity < found[1].similarity && found[0].rank > found[1].rank);
  });
});

describe('a space', () => {
  const searchIn = (stored: Map<number, Float32Array>) => {
    const asked: number[][] = [];
    const vectors = async (_space: string, ids: readonly number[]) => {
      asked.push([...ids]);
      return new Map([...stored].filter(([id]) => ids.includes(id)));
    };
    const deps = { space: SPACE, index: parts.index, ready: async () => {}, embed: async () => assert.fail() };
    return { asked, search: createSpaceSearch({ ...deps, store: { vectors } as never }) };
  };

  test('pictures are searched with by the vector in the index, without reading it', async () => {
    await put({ 1: X, 2: between(0.1), 3: Y });
    const { asked, search } = searchIn(new Map([[1, X]]));
    const queries = await search.queries([1]);
    const found = await search.neighbours(queries, { limit: 2, exclude: [1] });
    assert.deepEqual(
      found.map(({ fileId, queryFileId }) => [fileId, queryFileId]),
      [
        [2, 1],
        [3, 1],
      ],
    );
    assert.deepEqual([...(await search.cosines(queries, [3, 2]))[0].keys()], [2, 3]);
    assert.deepEqual(asked, []);
  });

  test('a picture that is stored and not in the index yet finds its neighbours all the same', async () => {
    await put({ 2: between(0.1), 3: Y });
    const { search } = searchIn(new Map([[1, X]]));
    const found = await search.neighbours(await search.queries([1, 9]), { limit: 5 });
    assert.deepEqual(
      found.map(({ fileId }) => fileId),
      [2, 3],
    );
  });

  test('examples steer it', async () => {
    await put({ 1: X, 2: Y, 3: between(0.1), 4: between(0.6) });
    const stored = new Map([
      [1, X],
      [2, Y],
    ]);
    const { search } = searchIn(stored);
    const found = await search.neighbours(await search.queries([1], { like: [2], unlike: [] }), {
      limit: 1,
      exclude: [1, 2],
    });
    assert.deepEqual(
      found.map(({ fileId }) => fileId),
      [4],
    );
  });
});

test('examples: Rocchio’s weights, unit length, and nothing where there are none', () => {
  assert.deepEqual(applyFeedback(X, [], []), X);
  const towards = applyFeedback(X, [Y], []);
  assert.ok(Math.abs(towards[1] / towards[0] - 0.75) < 1e-6);
  assert.ok(Math.abs(Math.hypot(...towards) - 1) < 1e-6);
  const away = applyFeedback(X, [], [Y, Y]);
  assert.ok(Math.abs(away[1] / away[0] + 0.15) < 1e-6, 'the mean, not the sum');
});

describe('scores', () => {
  test('the share of pairs that are less alike; equals count half', () => {
    const scale = new ScoreScale([0.4, 0.1, 0.3, 0.2]);
    assert.equal(scale.scoreOf(0.05), 0);
    assert.equal(scale.scoreOf(0.25), 0.5);
    assert.equal(scale.scoreOf(0.3), 0.625);
    assert.equal(scale.scoreOf(0.9), 1);
    assert.equal(new ScoreScale([]).scoreOf(0.5), undefined);
  });

  test('measured on all pairs of a small library', async () => {
    await put({ 1: X, 2: Y, 3: between(0.5) });
    const vectors = new Map([
      [1, X],
      [2, Y],
      [3, between(0.5)],
    ]);
    const { index } = parts;
    const scale = await measureScoreScale({ space: SPACE, index, store: { vectors: async () => vectors } });
    assert.equal(scale.scoreOf(0.5), 1 / 3, 'X–Y is less alike, X–3 and Y–3 are more');
  });
});

describe('scores of a library that grows', () => {
  /** So many pictures, alternating between X and Y; its status can be held back. */
  function growing(size: number) {
    const library = { size, held: Promise.resolve() };
    const vectorOf = (fileId: number) => (fileId % 2 === 0 ? X : Y);
    const index = {
      status: async () => {
        await library.held;
        return { size: library.size };
      },
      keys: async () => Array.from({ length: library.size }, (_, at) => ({ fileId: at + 1, seq: at + 1 })),
      search: async (vector: Float32Array, _k: number, { among }: { among: number[] }) =>
        among.map((id) => ({ fileId: id, similarity: Number(vectorOf(id) === vector) })),
    };
    const vectors = async (_space: string, ids: readonly number[]) =>
      new Map(ids.map((id) => [id, vectorOf(id)] as const));
    const deps = { space: SPACE, ready: async () => {}, embed: async () => assert.fail() };
    return { library, search: createSpaceSearch({ ...deps, index: index as never, store: { vectors } as never }) };
  }

  test('a small one is measured anew before an answer, also the first picture', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    const { library, search } = growing(1);
    assert.equal((await search.scoreScale()).scoreOf(1), undefined);
    library.size = 3;
    t.mock.timers.tick(1_000);
    assert.notEqual((await search.scoreScale()).scoreOf(1), undefined);
  });

  test('a large one answers by what it was while it is measured anew', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    const { library, search } = growing(300);
    const before = await search.scoreScale();
    let release = () => {};
    library.held = new Promise((resolve) => {
      release = resolve;
    });
    library.size = 400;
    t.mock.timers.tick(1_000);
    assert.equal(await search.scoreScale(), before);
    release();
    while ((await search.scoreScale()) === before) await new Promise(setImmediate);
  });
});

test('diversity: what is like the first comes later', () => {
  const items = [
    { item: 'first', rank: 0.9, vector: X },
    { item: 'twin', rank: 0.89, vector: between(0.01) },
    { item: 'other', rank: 0.5, vector: Y },
  ];
  assert.deepEqual(diversify(items, 0), ['first', 'twin', 'other']);
  assert.deepEqual(diversify(items, 0.5), ['first', 'other', 'twin']);
});

test('mean of best matches: what resembles all pictures comes before what resembles one', () => {
  const items = [{ pictures: [1] }, { pictures: [2, 3] }];
  const match = (fileId: number, rank: number) => ({ fileId, rank, similarity: rank, queryFileId: 9 });
  const best = rankItems(items, ({ pictures }) => pictures, [match(1, 0.95), match(2, 0.9), match(3, 0.8)]);
  assert.deepEqual(best[0].item.pictures, [1]);
  const cosines = [
    new Map([
      [1, 0.95],
      [2, 0.9],
    ]),
    new Map([
      [1, 0.1],
      [3, 0.8],
    ]),
  ];
  const mean = rankByMean(best, ({ pictures }) => pictures, cosines);
  assert.deepEqual(mean[0].item.pictures, [2, 3]);
  assert.ok(Math.abs(mean[0].rank - 0.85) < 1e-9);
});

describe('duplicates', () => {
  test('new, replaced and removed pictures are taken into account', async () => {
    const rows = [stored(1, 1, X), stored(2, 2, between(0.02)), stored(3, 3, Y)];
    const store = {
      vectorsSince: async (_space: string, after: number) => rows.filter(({ seq }) => seq > after),
      lostSince: async () => [],
      counts: async () => ({ vectors: rows.length }) as never,
      photos: async () => new Map(),
      lastSeq: async () => rows.length,
    };
    const nearest = (vector: Float32Array, k: number) => parts.index.search(vector, k);
    const duplicates = createDuplicates({ space: SPACE, store, nearest, logger: quiet });
    const pairs = async () => {
      await duplicates.compare();
      return shownGroups(await duplicates.groups({ least: 0.9 }));
    };
    await parts.index.put(rows);
    assert.deepEqual(await pairs(), [[1, 2]]);
    rows.push(stored(2, 4, between(0.98)));
    await parts.index.put(rows.slice(-1));
    assert.deepEqual(await pairs(), [[2, 3]], 'the picture has other bytes now');
    await parts.index.remove([3]);
    duplicates.removed([3]);
    assert.deepEqual(await pairs(), []);
  });
});
