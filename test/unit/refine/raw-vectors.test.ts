import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRefiningEmbedder } from '../../../plugin/refine/raw-vectors';

const BASE = { id: 'test@1/lanczos3', model: 'test', dims: 2 };
const SPACE = { id: 'test@1/lanczos3~1', model: 'test', dims: 2 };
/** Pictures 1 to 40 on a quarter of a circle. */
const vectors = new Map(
  Array.from({ length: 40 }, (_, i) => [i + 1, Float32Array.of(Math.cos(i / 30), Math.sin(i / 30))]),
);

/** What the refiner is asked for one picture. */
async function asked(id: number, neighbours: number) {
  const calls: Array<{ candidates: Float32Array[]; neighbours: number }> = [];
  const embedder = createRefiningEmbedder({
    ...{ base: BASE, space: SPACE, neighbours },
    store: { vectors: async (_, ids) => new Map([...vectors].filter(([fileId]) => ids.includes(fileId))) },
    search: () => ({
      nearest: async (_, k) =>
        [...vectors.keys()]
          .sort((a, b) => Math.abs(a - id) - Math.abs(b - id))
          .slice(0, k)
          .map((fileId) => ({ fileId, similarity: 0.5 })),
    }),
    refiner: async () => ({
      refine: async (vector, candidates, count) => {
        calls.push({ candidates: [...candidates], neighbours: count });
        return vector;
      },
    }),
  });
  await embedder.embed(String(id));
  return calls[0];
}

const idOf = (vector: Float32Array) => [...vectors].find(([, other]) => other === vector)?.[0];

describe('refining a picture', () => {
  test('neighbours are chosen among four times as many of the nearest, never the picture itself', async () => {
    const { candidates, neighbours } = await asked(20, 3);
    assert.equal(neighbours, 3);
    const ids = candidates.map(idOf).sort((a, b) => Number(a) - Number(b));
    assert.deepEqual(ids, [14, 15, 16, 17, 18, 19, 21, 22, 23, 24, 25, 26]);
  });

  test('without neighbours none are looked for', async () => {
    assert.deepEqual(await asked(20, 0), { candidates: [], neighbours: 0 });
  });

  test('a picture that has gone meanwhile is told', async () => {
    await assert.rejects(asked(99, 3), /File 99 has no vector any more/);
  });
});
