import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBatcher } from '../../../plugin/embedder/process/batcher';
import type { BatchResult } from '../../../plugin/embedder/process/engine-thread';

/** Runs end when the test says so; a picture's vector is its one byte. */
function setUp(batchSize: number, size = 1) {
  const runs: Array<{ batch: Uint8Array; n: number; end: () => void }> = [];
  const vectors: Array<[id: number, value: number | undefined]> = [];
  const memory = new Set<ArrayBufferLike>();
  let batches = 0;
  const batcher = createBatcher({
    engines: {
      size,
      run: (batch, n) =>
        new Promise<BatchResult>((resolve) => {
          memory.add(batch.buffer);
          const result = Array.from(batch.subarray(0, n), (value) => Float32Array.of(value));
          runs.push({ batch, n, end: () => resolve({ vectors: result, batch }) });
        }),
    },
    batchSize,
    values: 1,
    onVector: (id, vector) => vectors.push([id, vector?.[0]]),
    onBatch: () => batches++,
  });
  const add = (...ids: number[]) => {
    for (const id of ids) batcher.add(id, Uint8Array.of(id));
  };
  const end = async (run: number) => {
    runs[run].end();
    await new Promise(setImmediate);
  };
  return { add, end, sizes: () => runs.map(({ n }) => n), vectors, memory, batches: () => batches };
}

test('an idle engine gets the first picture at once, a busy one a full batch or what is there when it is idle again', async () => {
  const { add, end, sizes } = setUp(4);
  add(1);
  assert.deepEqual(sizes(), [1]);
  add(2, 3);
  assert.deepEqual(sizes(), [1]);
  await end(0);
  assert.deepEqual(sizes(), [1, 2]);
});

test('one full batch is handed over ahead, no more', async () => {
  const { add, end, sizes } = setUp(2);
  add(1, 2, 3, 4, 5, 6, 7, 8);
  assert.deepEqual(sizes(), [1, 2]);
  await end(0);
  assert.deepEqual(sizes(), [1, 2, 2]);
});

test('each picture gets its own vector, each batch is reported once, memory is used again', async () => {
  const { add, end, sizes, vectors, memory, batches } = setUp(3);
  const ids = Array.from({ length: 60 }, (_, i) => i + 100);
  for (let i = 0; i < ids.length; i += 4) {
    add(...ids.slice(i, i + 4));
    await end(Math.max(0, sizes().length - 2));
    await end(sizes().length - 1);
  }
  for (let i = 0; i < sizes().length; i++) await end(i);
  assert.deepEqual(
    vectors.sort(([a], [b]) => a - b),
    ids.map((id) => [id, id]),
  );
  assert.equal(batches(), sizes().length);
  assert.ok(memory.size <= 5, `${memory.size} buffers`);
});

test('each of two engines gets work, and one batch is at hand', async () => {
  const { add, end, sizes } = setUp(2, 2);
  add(1);
  add(2);
  assert.deepEqual(sizes(), [1, 1]);
  add(3, 4, 5, 6);
  assert.deepEqual(sizes(), [1, 1, 2]);
  await end(0);
  assert.deepEqual(sizes(), [1, 1, 2, 2]);
});
