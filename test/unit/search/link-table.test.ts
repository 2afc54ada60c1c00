import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { createDuplicates } from '../../../plugin/search/duplicates';
import { BREATH, LEAST_SIMILARITY, LinkTable } from '../../../plugin/search/link-table';
import { createRandom } from '../../../plugin/vectors/random';
import { shownGroups } from '../../helpers/groups';
import { quiet, SPACE } from '../../helpers/pipeline';
import { stored } from '../../helpers/vectors';

async function linksOf(table: LinkTable, least?: number): Promise<string[]> {
  const found: string[] = [];
  await table.each((a, b, similarity) => {
    const pair = [table.idAt(a) as number, table.idAt(b) as number].sort((x, y) => x - y);
    found.push(`${pair.join('-')} ${similarity.toFixed(5)}`);
  }, least);
  return found.sort();
}

/** What the table means, written so that nobody can mistake it. */
class Naive {
  readonly pictures = new Set<number>();
  readonly links = new Map<string, number>();

  remove(id: number): void {
    this.pictures.delete(id);
    for (const pair of this.links.keys()) if (pair.split('-').includes(String(id))) this.links.delete(pair);
  }

  add(id: number, near: Array<{ fileId: number; similarity: number }>): void {
    this.remove(id);
    this.pictures.add(id);
    for (const { fileId, similarity } of near) {
      if (!this.pictures.has(fileId) || similarity < LEAST_SIMILARITY) continue;
      this.links.set(id < fileId ? `${id}-${fileId}` : `${fileId}-${id}`, similarity);
    }
  }

  shown(least = 0): string[] {
    const found = [...this.links].filter(([, similarity]) => similarity >= least);
    return found.map(([pair, similarity]) => `${pair} ${similarity.toFixed(5)}`).sort();
  }
}

for (const seed of [1, 2, 3, 4]) {
  test(`after pictures came, changed and went it holds what a simple list would (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const upTo = (most: number) => Math.floor(random() * most);
    let table = new LinkTable();
    const naive = new Naive();
    for (let step = 1; step <= 4_000; step++) {
      const id = 1 + upTo(60);
      if (random() < 0.3) {
        table.remove(id);
        naive.remove(id);
      } else {
        const others = new Set(Array.from({ length: upTo(17) }, () => 1 + upTo(60)).filter((other) => other !== id));
        const near = [...others].map((fileId) => ({ fileId, similarity: 0.7 + upTo(30_001) / 100_000 }));
        table.add(id, near);
        naive.add(id, near);
      }
      if (step % 400 !== 0) continue;
      assert.deepEqual(await linksOf(table), naive.shown());
      assert.deepEqual(await linksOf(table, 0.9), naive.shown(0.9));
      const copy = new LinkTable();
      await table.copyTo(copy);
      assert.deepEqual([copy.size, copy.places], [naive.pictures.size, naive.pictures.size]);
      table = copy;
      assert.deepEqual(await linksOf(table), naive.shown(), 'the copy holds the same');
    }
  });
}

test('16 links of each of 250,000 pictures take 110 bytes per picture, and others have their turn while they are visited', async () => {
  const count = 250_000;
  const table = new LinkTable();
  assert.equal(table.bytes, 0, 'an empty library costs nothing');
  for (let id = 1; id <= count; id++) {
    table.add(
      id,
      Array.from({ length: 16 }, (_, at) => ({ fileId: id - at - 1, similarity: 0.95 })),
    );
  }
  assert.ok(table.bytes < 110 * count, `${table.bytes} bytes`);
  let [turns, visited, done] = [0, 0, false];
  const others = (async () => {
    for (; !done; turns++) await breathe();
  })();
  await table.each(() => visited++);
  done = true;
  await others;
  assert.equal(visited, 16 * count - (16 * 17) / 2);
  assert.ok(turns >= visited / BREATH / 2, `${turns} turns of others`);
});

test('what goes while the table is being copied is gone from the copy', async () => {
  const table = new LinkTable();
  for (let id = 1; id <= 5 * BREATH; id++) table.add(id, [{ fileId: id - 1, similarity: 0.9 }]);
  const copy = new LinkTable();
  const copying = table.copyTo(copy);
  await breathe();
  for (const one of [table, copy]) for (const id of [2, 5 * BREATH - 1]) one.remove(id);
  await copying;
  assert.deepEqual(await linksOf(copy), await linksOf(table));
  assert.equal(copy.size, 5 * BREATH - 2);
});

test('links outlive that the table is tidied up, and what another node lost is gone', async () => {
  const alike = Float32Array.from([1, 0, 0, 0]);
  const near = [1, 2, 3].map((fileId) => ({ fileId, similarity: 1 }));
  let rows = near.map(({ fileId }) => stored(fileId, fileId, alike));
  let losses: Array<{ fileId: number; seq: number }> = [];
  let lastSeq = 3;
  const store = {
    vectorsSince: async (_space: string, after: number) => rows.filter(({ seq }) => seq > after),
    lostSince: async (_space: string, after: number) => losses.filter(({ seq }) => seq > after),
    counts: async () => ({ vectors: rows.length }) as never,
    photos: async () => new Map(),
    lastSeq: async () => lastSeq,
  };
  const duplicates = createDuplicates({ space: SPACE, store, nearest: async () => near, logger: quiet });
  const groups = async () => {
    await duplicates.compare();
    return shownGroups(await duplicates.groups({ least: 0.9 }));
  };
  for (let round = 0; round < 1_500; round++) {
    rows = near.map(({ fileId }) => stored(fileId, ++lastSeq, alike));
    await duplicates.compare();
  }
  assert.deepEqual(await groups(), [[1, 2, 3]]);
  assert.deepEqual((await duplicates.linked(0.9)).sort(), [1, 2, 3]);
  losses = [{ fileId: 2, seq: ++lastSeq }];
  assert.deepEqual(await groups(), [[1, 3]]);
  rows = [stored(2, ++lastSeq, alike)];
  losses.push({ fileId: 3, seq: ++lastSeq });
  assert.deepEqual(await groups(), [[1, 2]]);
});
