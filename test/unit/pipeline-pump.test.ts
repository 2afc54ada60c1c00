import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { SimilarError } from '../../plugin/errors';
import { createPump, type Pump } from '../../plugin/pipeline/pump';
import { createParts, type Parts, quiet, SPACE } from '../helpers/pipeline';
import { until } from '../helpers/until';

let parts: Parts;
let pump: Pump;
let removed: number[];
let stored: number;

beforeEach(async () => {
  parts = await createParts();
  removed = [];
  stored = 0;
  const { store, media, embedder } = parts;
  pump = createPump({
    ...{ space: SPACE, store, media, embedder, logger: quiet, pollMs: 20, flushMs: 1 },
    onStored: () => {
      stored++;
    },
    onRemoved: (ids) => removed.push(...ids),
  });
});
afterEach(async () => {
  await pump.stop();
  await parts.close();
});

async function add(files: Record<number, string>): Promise<void> {
  for (const [id, content] of Object.entries(files)) parts.media.files.set(Number(id), content);
  await parts.store.enqueue(SPACE.id, Object.keys(files).map(Number));
  pump.wake();
}

const statusOf = async (id: number) => (await parts.store.status(SPACE.id, [id]))[0];
const is = (id: number, state: string) => until(`${id} is ${state}`, async () => (await statusOf(id))?.state === state);

test('what is queued is embedded and stored, and whoever keeps the index is told', async () => {
  pump.start();
  await add({ 1: 'a', 2: 'b' });
  await Promise.all([is(1, 'ready'), is(2, 'ready')]);
  assert.deepEqual(parts.embedder.embedded.toSorted(), ['a', 'b']);
  assert.ok(stored > 0);
  assert.equal((await parts.store.vectors(SPACE.id, [1, 2])).size, 2);
});

test('the same bytes need no work a second time, other bytes do', async () => {
  pump.start();
  await add({ 1: 'a' });
  await is(1, 'ready');
  await add({ 1: 'a' });
  await is(1, 'ready');
  assert.deepEqual(parts.embedder.embedded, ['a']);
  await add({ 1: 'other' });
  await until('the other bytes are embedded', () => parts.embedder.embedded.length === 2);
});

test('a result for bytes that have changed meanwhile is dropped', async () => {
  let open = () => {};
  parts.embedder.gate = new Promise((resolve) => {
    open = resolve;
  });
  pump.start();
  await add({ 1: 'old' });
  await until('it is in work', () => parts.media.opened === 1);
  parts.media.files.set(1, 'new');
  await parts.store.enqueue(SPACE.id, [1]);
  open();
  await until(
    'the new bytes are stored',
    async () => (await parts.store.digests(SPACE.id, [1])).get(1) === 'new',
    5_000,
  );
  assert.deepEqual(parts.embedder.embedded, ['old', 'new']);
});

test('a picture that cannot be embedded ends with its reason, and loses the vector of earlier bytes', async () => {
  pump.start();
  await add({ 1: 'good' });
  await is(1, 'ready');
  parts.embedder.results.set('bad', { ok: false, state: 'failed', code: 'DECODE_FAILED', reason: 'damaged' });
  await add({ 1: 'bad' });
  await is(1, 'failed');
  const { reason, code, hasVector } = await statusOf(1);
  assert.deepEqual({ reason, code, hasVector }, { reason: 'damaged', code: 'DECODE_FAILED', hasVector: false });
  assert.deepEqual(removed, [1]);
});

test('bytes that are missing are the picture’s fault, a network that fails is not', async () => {
  parts.media.failures.push(new SimilarError('BYTES_MISSING', 'gone', { stamp: 'missing' }));
  pump.start();
  await add({ 1: 'a' });
  await is(1, 'failed');
  parts.media.failures.push(new SimilarError('DOWNLOAD_FAILED', 'no answer'));
  await add({ 2: 'b' });
  await until('it waits for a later attempt', async () => (await parts.store.counts(SPACE.id)).delayed === 1);
  assert.equal((await statusOf(2)).state, 'pending');
});

test('a picture that the library no longer has is forgotten', async () => {
  pump.start();
  await parts.store.enqueue(SPACE.id, [7]);
  pump.wake();
  await until('its row is gone', async () => (await statusOf(7)) === undefined);
  assert.deepEqual(removed, [7]);
});

test('paused: nothing is taken from the queue until it is resumed', async () => {
  pump.pause();
  pump.start();
  await add({ 1: 'a' });
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.equal((await statusOf(1)).state, 'pending');
  assert.equal(parts.media.opened, 0);
  pump.resume();
  await is(1, 'ready');
});

test('stopped in the middle: what is not done goes back to the queue at once', async () => {
  parts.embedder.gate = new Promise(() => {});
  pump.start();
  await add({ 1: 'a', 2: 'b' });
  await until('both are in work', () => parts.media.opened === 2);
  await pump.stop();
  const claims = await parts.store.claim(SPACE.id, 10, 1_000);
  assert.deepEqual(
    claims.map(({ fileId, attempts }) => [fileId, attempts]),
    [
      [1, 1],
      [2, 1],
    ],
    'the broken-off attempt does not count',
  );
});
