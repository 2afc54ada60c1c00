import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Space, StoredVector, VectorIndex } from '../../plugin/ports';
import { until } from '../helpers/until';
import { createClusters, createRandom, recall, stored } from '../helpers/vectors';

interface Opened {
  index: VectorIndex;
  space: Space;
  reopen?: () => Promise<VectorIndex>;
}

const OTHERS = 6_000;
const COPIES = 2_000;
const QUERIES = 150;

/** Files that have one and the same vector, as placeholders have, hide nothing and are found themselves. */
export function copiesSuite(opened: () => Opened): void {
  for (const place of ['first', 'in the middle', 'last'] as const) {
    it(`finds the neighbours of others beside ${COPIES} copies of one picture that came ${place}`, async () => {
      const { index, space } = opened();
      const { others, draw } = drawOthers(space.dims, OTHERS, 21);
      const copied = draw();
      const at = { first: 0, 'in the middle': OTHERS / 2, last: OTHERS }[place];
      const vectors = [...others.slice(0, at), ...Array<Float32Array>(COPIES).fill(copied), ...others.slice(at)];
      const items = vectors.map((vector, i) => stored(i + 1, i + 1, vector));
      await index.put(items);
      await settled(index, items.length);
      await assertFound(index, items, draw);
      const found = await index.search(copied, COPIES);
      assert.deepEqual(
        found.map(({ fileId }) => fileId),
        Array.from({ length: COPIES }, (_, i) => at + i + 1),
      );
    });
  }

  it('finds every copy among groups of 2 to 50, also after some were removed, replaced and all of it was reopened', async () => {
    const { index, space, reopen } = opened();
    const random = createRandom(22);
    const below = (n: number) => Math.floor(random() * n);
    const { others, draw } = drawOthers(space.dims, 7_000, 23);
    const groups = Array.from({ length: 60 }, () => Array<Float32Array>(2 + below(49)).fill(draw()));
    const vectors = [...others, ...groups.flat()];
    for (let i = vectors.length - 1; i > 0; i--) {
      const other = below(i + 1);
      [vectors[i], vectors[other]] = [vectors[other], vectors[i]];
    }
    let held = vectors.map((vector, i) => stored(i + 1, i + 1, vector));
    await index.put(held);
    await settled(index, held.length);
    await assertFound(index, held, draw);

    // So many that compaction is due, and so few that a graph still is worth it.
    let seq = held.length;
    const gone = new Set(held.filter(() => random() < 0.35).map(({ fileId }) => fileId));
    await index.remove([...gone]);
    held = held.filter(({ fileId }) => !gone.has(fileId));
    const replaced = held.filter(() => random() < 0.1).map(({ fileId }) => stored(fileId, ++seq, draw()));
    // Copies of what has been removed, too: they come back.
    const copied = [...gone].slice(0, 200).map((fileId) => stored(fileId, ++seq, vectors[fileId - 1]));
    await index.put([...replaced, ...copied]);
    const newest = new Map([...held, ...replaced, ...copied].map((item) => [item.fileId, item]));
    held = [...newest.values()];
    await settled(index, held.length);
    await assertFound(index, held, draw);

    if (!reopen) return;
    const again = await reopen();
    const status = await again.open(space);
    assert.deepEqual([status.size, status.lastSeq, status.rebuiltBecause], [held.length, seq, undefined]);
    await settled(again, held.length);
    await assertFound(again, held, draw);
    // What was saved is known again: a copy of it is one.
    const copy = stored(held[0].fileId + 100_000, seq + 1, vectors[0]);
    await again.put([copy, { ...held[1], fileId: held[1].fileId + 100_000, seq: seq + 2 }]);
    await assertFindsItself(again, [...held, copy, { ...held[1], fileId: held[1].fileId + 100_000 }], held[1]);
  });
}

function drawOthers(dims: number, count: number, seed: number): { others: Float32Array[]; draw: () => Float32Array } {
  const draw = createClusters(dims, 60, createRandom(seed));
  return { others: Array.from({ length: count }, draw), draw };
}

/** Until the graph answers, where there is one. */
async function settled(index: VectorIndex, files: number): Promise<void> {
  const { kind, size } = await index.status();
  assert.equal(size, files);
  if (kind === 'exact') return;
  await until('the graph answers', async () => (await index.status()).mode === 'graph');
}

async function assertFound(index: VectorIndex, items: StoredVector[], draw: () => Float32Array): Promise<void> {
  const all = items.map(({ fileId }) => fileId);
  let sum = 0;
  for (let i = 0; i < QUERIES; i++) {
    const query = draw();
    const exact = await index.search(query, 10, { among: all });
    const found = await index.search(query, 10);
    assert.equal(found.length, 10);
    sum += recall(exact, found);
  }
  assert.ok(sum / QUERIES >= 0.99, `recall ${sum / QUERIES}`);
  const step = Math.floor(items.length / QUERIES);
  for (let i = 0; i < items.length; i += step) await assertFindsItself(index, items, items[i]);
}

/** All files with the item's vector come first. */
async function assertFindsItself(index: VectorIndex, items: StoredVector[], item: StoredVector): Promise<void> {
  const bytes = Buffer.from(item.vector.buffer);
  const copies = items.filter(({ vector }) => bytes.equals(new Uint8Array(vector.buffer)));
  const found = await index.searchLike(item.fileId, copies.length);
  assert.deepEqual(new Set(found!.map(({ fileId }) => fileId)), new Set(copies.map(({ fileId }) => fileId)));
}
