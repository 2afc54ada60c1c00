import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { Match, Space, StoredVector, VectorIndex } from '../../plugin/ports';
import { decodeFloat16 } from '../../plugin/vectors/float16';
import { createClusters, createRandom, recall, stored } from '../helpers/vectors';

const ids = (matches: readonly Match[]) => matches.map(({ fileId }) => fileId);

/**
 * Puts, removes, reopens and searches at random, and holds every answer against a plain list.
 * @returns how many searches the graph answered.
 */
export async function takeRandomSteps(
  index: VectorIndex,
  space: Space,
  reopen?: () => Promise<VectorIndex>,
): Promise<{ byGraph: number }> {
  const random = createRandom(42);
  const draw = createClusters(space.dims, 12, random);
  const model = new Map<number, StoredVector>();
  const drawn: Float32Array[] = [];
  const below = (n: number) => Math.floor(random() * n);
  let seq = 0;
  let hits = 0;
  let wanted = 0;
  let byGraph = 0;
  for (let step = 0; step < 1_000; step++) {
    await setImmediate();
    const kind = random();
    if (kind < 0.45) {
      // One in three is a copy of a picture that is there, or was.
      const items = Array.from({ length: 1 + below(8) }, () => {
        const copied = random() < 0.33 ? drawn[below(drawn.length)] : undefined;
        const vector = copied ?? draw();
        if (!copied) drawn.push(vector);
        return stored(1 + below(400), ++seq, vector);
      });
      await index.put(items);
      for (const item of items) model.set(item.fileId, item);
    } else if (kind < 0.6) {
      const gone = Array.from({ length: 1 + below(6) }, () => 1 + below(400));
      await index.remove(gone);
      for (const fileId of gone) model.delete(fileId);
    } else if (kind < 0.65 && reopen && step % 4 === 0) {
      index = await reopen();
      await index.open(space);
    } else {
      const query = draw();
      const k = 1 + below(15);
      const among = random() < 0.3 ? Array.from({ length: below(60) }, () => 1 + below(400)) : undefined;
      const matches = await index.search(query, k, { among });
      const truth = scan(model, query, k, among);
      assert.equal(matches.length, truth.length, `step ${step}`);
      assert.equal(new Set(ids(matches)).size, matches.length, 'no file comes twice');
      for (const { fileId, similarity } of matches) {
        assert.ok(Math.abs(similarity - cosine(query, model.get(fileId)!)) < 1e-6, `step ${step}: file ${fileId}`);
      }
      if (among) assert.deepEqual(ids(matches), ids(truth), `step ${step}`);
      if ((await index.status()).mode === 'graph') byGraph++;
      hits += recall(truth, matches) * truth.length;
      wanted += truth.length;
    }
  }
  assert.ok(hits / wanted >= 0.99, `recall ${hits / wanted}`);
  const keys = (await index.keys()).sort((a, b) => a.fileId - b.fileId);
  const expected = [...model.values()].map(({ fileId, seq }) => ({ fileId, seq }));
  assert.deepEqual(
    keys,
    expected.sort((a, b) => a.fileId - b.fileId),
  );
  assert.equal((await index.status()).lastSeq, seq);
  return { byGraph };
}

function cosine(query: Float32Array, item: StoredVector): number {
  const vector = decodeFloat16(item.vector);
  let product = 0;
  for (let i = 0; i < query.length; i++) product += query[i] * vector[i];
  return product / Math.hypot(...vector) / Math.hypot(...query);
}

function scan(model: Map<number, StoredVector>, query: Float32Array, k: number, among?: number[]): Match[] {
  const items = among ? [...new Set(among)].flatMap((fileId) => model.get(fileId) ?? []) : [...model.values()];
  const matches = items.map((item) => ({ fileId: item.fileId, similarity: cosine(query, item) }));
  return matches.sort((a, b) => b.similarity - a.similarity || a.fileId - b.fileId).slice(0, k);
}
