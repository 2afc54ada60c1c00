import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { groupPictures } from '../../../plugin/search/groups';
import { BREATH, LinkTable } from '../../../plugin/search/link-table';
import { smallest } from '../../../plugin/search/smallest';
import { sorted } from '../../../plugin/search/sorted';
import { createRandom } from '../../../plugin/vectors/random';
import { shownGroups } from '../../helpers/groups';

type Links = Array<[a: number, b: number, similarity: number]>;

/** A table with these links; pictures come in the order of their numbers. */
function tableOf(pictures: number, links: Links): LinkTable {
  const near = new Map<number, Array<{ fileId: number; similarity: number }>>();
  for (const [a, b, similarity] of links) {
    const [first, second] = [Math.min(a, b), Math.max(a, b)];
    near.set(second, [...(near.get(second) ?? []), { fileId: first, similarity }]);
  }
  const table = new LinkTable();
  for (let id = 1; id <= pictures; id++) table.add(id, near.get(id) ?? []);
  return table;
}

/** Lets sets grow together until none changes. */
function naiveGroups(links: Links): Array<{ pictures: number[]; similarity: number }> {
  let groups: Array<{ pictures: Set<number>; similarity: number }> = [];
  for (const [a, b, similarity] of links) {
    const touched = groups.filter(({ pictures }) => pictures.has(a) || pictures.has(b));
    const pictures = new Set([a, b, ...touched.flatMap((group) => [...group.pictures])]);
    groups = groups.filter((group) => !touched.includes(group));
    groups.push({ pictures, similarity: Math.min(similarity, ...touched.map((group) => group.similarity)) });
  }
  return groups
    .map(({ pictures, similarity }) => ({ pictures: [...pictures].sort((a, b) => a - b), similarity }))
    .sort((a, b) => a.pictures[0] - b.pictures[0]);
}

test('links hang together in groups; the most alike come first, or those with the newest picture', async () => {
  const groups = await groupPictures(
    tableOf(6, [
      [1, 2, 0.92],
      [4, 5, 0.99],
      [2, 6, 0.95],
    ]),
    { least: 0.9 },
  );
  const firsts = async (newestFirst: boolean) =>
    [...(await groups.order(newestFirst))].map((index) => groups.at(index).pictures[0]);
  assert.deepEqual(await firsts(false), [4, 1]);
  assert.deepEqual(await firsts(true), [1, 4]);
  assert.deepEqual([...(groups.of(6)?.pictures ?? [])], [1, 2, 6]);
  assert.equal(groups.of(6)?.similarity, 0.92);
  assert.equal(groups.of(3), undefined);
});

for (const seed of [1, 2, 3]) {
  test(`groups are those of sets that grow together (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const pictures = 300;
    const links: Links = Array.from({ length: 220 }, () => {
      const a = 1 + Math.floor(random() * (pictures - 1));
      const b = a + 1 + Math.floor(random() * (pictures - a));
      return [a, b, 0.8 + Math.floor(random() * 20_001) / 100_000];
    });
    const table = tableOf(pictures, links);
    const gone = new Set([5, 50, 150]);
    for (const id of gone) table.remove(id);
    const live = links.filter(([a, b]) => !gone.has(a) && !gone.has(b));
    for (const least of [0.8, 0.9, 0.97]) {
      const groups = await groupPictures(table, { least });
      const expected = naiveGroups(live.filter(([, , similarity]) => similarity >= least));
      assert.deepEqual(
        shownGroups(groups),
        expected.map(({ pictures }) => pictures),
      );
      for (const { pictures, similarity } of expected) {
        const found = groups.of(pictures[0])?.similarity ?? 0;
        assert.ok(Math.abs(found - similarity) < 1e-9, `${found}, not ${similarity}`);
      }
    }
    const odd = await groupPictures(table, { least: 0.8, picture: (id) => id % 2 === 1, link: (a) => a !== 7 });
    const oddLinks = live.filter(([a, b]) => a % 2 === 1 && b % 2 === 1 && Math.max(a, b) !== 7);
    assert.deepEqual(
      shownGroups(odd),
      naiveGroups(oddLinks).map(({ pictures }) => pictures),
    );
  });
}

test('a group of 200,000 pictures holds nobody up', async () => {
  const count = 200_000;
  const table = new LinkTable();
  for (let id = 1; id <= count; id++) table.add(id, [{ fileId: id - 1, similarity: 0.95 }]);
  let [turns, done] = [0, false];
  const others = (async () => {
    for (; !done; turns++) await breathe();
  })();
  const groups = await groupPictures(table, { least: 0.9 });
  assert.deepEqual([...(await groups.order(true))], [0]);
  done = true;
  await others;
  assert.equal(groups.at(0).pictures.length, count);
  assert.ok(turns >= count / BREATH, `${turns} turns of others`);
});

test('numbers are sorted in pieces as they are at once, and the smallest are found without', async () => {
  const random = createRandom(1);
  for (const length of [0, 1, 2 ** 14, 2 ** 14 + 1, 100_001]) {
    const keys = Float64Array.from({ length }, () => Math.floor(random() * length));
    const expected = keys.slice().sort();
    assert.deepEqual(smallest(keys, 50), [...expected.subarray(0, 50)]);
    assert.deepEqual(await sorted(keys), expected);
  }
});
