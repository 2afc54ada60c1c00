import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleOf } from '../../../plugin/compare/sample';
import type { FileId } from '../../../plugin/ports';

/** A library with these pictures. */
const storeOf = (ids: readonly FileId[]) => ({
  vectorKeys: async (_space: string, afterId: FileId, limit: number) =>
    ids
      .filter((id) => id > afterId)
      .slice(0, limit)
      .map((fileId) => ({ fileId, seq: fileId })),
});

const library = Array.from({ length: 12_000 }, (_, at) => 3 * at + 1);
const draw = (options: { ids?: FileId[]; named?: FileId[]; size?: number }) =>
  sampleOf({
    space: 's',
    store: storeOf(options.ids ?? library),
    named: options.named ?? [],
    size: options.size ?? 600,
  });

test('a sample is spread over the whole library, and is the same each time', async () => {
  const sample = await draw({});
  assert.equal(new Set(sample).size, 600);
  assert.deepEqual(await draw({}), sample);
  const gaps = sample.slice(1).map((id, at) => id - sample[at]);
  assert.deepEqual([...new Set(gaps)], [60]);
  assert.ok(sample[0] < 60 && sample[599] > 36_000 - 60);
});

test('pictures that decisions name come first, and are half of it at most', async () => {
  const named = library.slice(5_000, 5_400).reverse();
  const sample = await draw({ named });
  assert.deepEqual(sample.slice(0, 300), named.slice(0, 300));
  assert.equal(new Set(sample).size, 600);
  const others = sample.slice(300);
  assert.ok(others.some((id) => id < 3_000) && others.some((id) => id > 33_000));
});

test('what is named twice, or has no vector, is not in it for that', async () => {
  const sample = await draw({ named: [7, 7, 8, 4] });
  assert.deepEqual(sample.slice(0, 2), [7, 4]);
  assert.equal(sample.includes(8), false);
  assert.equal(new Set(sample).size, 600);
});

test('a small library is all of it', async () => {
  const ids = library.slice(0, 40);
  assert.deepEqual(
    (await draw({ ids, named: [7] })).toSorted((a, b) => a - b),
    ids,
  );
  assert.deepEqual(await draw({ ids: [] }), []);
});
