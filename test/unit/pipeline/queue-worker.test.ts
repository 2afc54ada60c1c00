import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SimilarError } from '../../../plugin/errors';
import { createQueueWorker, type QueueWorker } from '../../../plugin/pipeline/queue-worker';
import { MISSING_STAMP } from '../../../plugin/ports';
import { createParts, type Parts, quiet, SPACE, vectorOf } from '../../helpers/pipeline';
import { until } from '../../helpers/until';

let parts: Parts;
let worker: QueueWorker;
let removed: number[];
let stored: number;
let warnings: string[];

beforeEach(async () => {
  parts = await createParts();
  removed = [];
  stored = 0;
  warnings = [];
  startWith({ retryMs: 20 });
});

function startWith(options: { retryMs: number; flushMs?: number }): void {
  const { store, media, embedder } = parts;
  const logger = { ...quiet, warn: (message: string) => warnings.push(message) };
  worker = createQueueWorker({
    ...{ space: SPACE, store, media, embedder, logger, pollMs: 20, flushMs: 1, ...options },
    onStored: () => {
      stored++;
    },
    onRemoved: (ids) => removed.push(...ids),
  });
}

/** From here on pictures that could not be had stay so for the time of the test. */
async function waitLong(): Promise<void> {
  await worker.stop();
  startWith({ retryMs: 3_600_000 });
  worker.start();
}

afterEach(async () => {
  await worker.stop();
  await parts.close();
});

async function add(files: Record<number, string>): Promise<void> {
  for (const [id, content] of Object.entries(files)) parts.media.files.set(Number(id), content);
  await parts.store.enqueue(SPACE.id, Object.keys(files).map(Number));
  worker.wake();
}

const statusOf = async (id: number) => (await parts.store.status(SPACE.id, [id]))[0];
/** The only picture waits for a later attempt. */
const isDelayed = async () =>
  (await parts.store.counts(SPACE.id)).pending === 1 && (await parts.store.waiting(SPACE.id, 1)) === 0;
const is = (id: number, state: string) => until(`${id} is ${state}`, async () => (await statusOf(id))?.state === state);

test('what is queued is embedded and stored, and whoever keeps the index is told', async () => {
  worker.start();
  await add({ 1: 'a', 2: 'b' });
  await Promise.all([is(1, 'ready'), is(2, 'ready')]);
  assert.deepEqual(parts.embedder.embedded.toSorted(), ['a', 'b']);
  assert.ok(stored > 0);
  assert.equal((await parts.store.vectors(SPACE.id, [1, 2])).size, 2);
});

test('a vector waits for others that are being made, and for none otherwise', async () => {
  await worker.stop();
  startWith({ retryMs: 20, flushMs: 3_600_000 });
  worker.start();
  await add({ 1: 'a' });
  await is(1, 'ready');
  await add({ 2: 'b', 3: 'c', 4: 'd' });
  await Promise.all([2, 3, 4].map((id) => is(id, 'ready')));
  assert.equal(stored, 2, 'the three were stored together');
});

test('the embedder goes on while vectors are being stored, unless the database is much slower', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { complete } = parts.store;
  parts.store.complete = async (done) => {
    await gate;
    return complete.call(parts.store, done);
  };
  worker.start();
  await add(Object.fromEntries(Array.from({ length: 400 }, (_, at) => [at + 1, `p${at}`])));
  await until('many are embedded', () => parts.embedder.embedded.length > 100);
  await sleep(200);
  assert.ok(parts.embedder.embedded.length < 200, `${parts.embedder.embedded.length} are kept in memory`);
  open();
  await until('all are ready', async () => (await parts.store.counts(SPACE.id)).ready === 400);
});

test('the same bytes need no work a second time, other bytes do', async () => {
  worker.start();
  await add({ 1: 'a' });
  await is(1, 'ready');
  await add({ 1: 'a' });
  await is(1, 'ready');
  assert.deepEqual(parts.embedder.embedded, ['a']);
  await add({ 1: 'other' });
  await until('the other bytes are embedded', () => parts.embedder.embedded.length === 2);
});

/** A picture whose row says that it was replaced, while a cache still gives the bytes from before. */
async function replacedBehindCache(retryMs: number): Promise<{ given: () => number; cacheEnds: () => void }> {
  await worker.stop();
  startWith({ retryMs });
  worker.start();
  await add({ 1: 'old' });
  await is(1, 'ready');
  let given = 0;
  let content = 'old';
  parts.media.open = async () => {
    given++;
    return { path: content, digest: content, bytes: 3, stamp: 'of new', mayBeOld: true, close: async () => {} };
  };
  await add({ 1: 'new' });
  return {
    given: () => given,
    cacheEnds: () => {
      content = 'new';
    },
  };
}

test('bytes that a cache gave from before a replacement are looked at again until the new ones come', async () => {
  const cache = await replacedBehindCache(1);
  await until('the old bytes came', () => cache.given() > 0);
  cache.cacheEnds();
  await until('the new bytes are embedded', () => parts.embedder.embedded.includes('new'));
  await is(1, 'ready');
  assert.equal((await statusOf(1)).stamp, 'of new');
});

test('replaced bytes that stay the same are believed in the end', async () => {
  const cache = await replacedBehindCache(1);
  await is(1, 'ready');
  assert.equal(cache.given(), 5);
  assert.equal((await statusOf(1)).stamp, 'of new');
  await parts.store.enqueue(SPACE.id, [1]);
  worker.wake();
  await until('it was opened once more', () => cache.given() === 6);
  await is(1, 'ready');
});

test('while they are looked at again the picture keeps its vector, and holds up no other one', async () => {
  await replacedBehindCache(3_600_000);
  await until('it waits', isDelayed);
  assert.equal((await statusOf(1)).hasVector, true);
});

test('a result for bytes that have changed meanwhile is dropped', async () => {
  let open = () => {};
  parts.embedder.gate = new Promise((resolve) => {
    open = resolve;
  });
  worker.start();
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
  worker.start();
  await add({ 1: 'good' });
  await is(1, 'ready');
  parts.embedder.results.set('bad', { ok: false, state: 'failed', code: 'DECODE_FAILED', reason: 'damaged' });
  await add({ 1: 'bad' });
  await is(1, 'failed');
  const { reason, code, hasVector } = await statusOf(1);
  assert.deepEqual({ reason, code, hasVector }, { reason: 'damaged', code: 'DECODE_FAILED', hasVector: false });
  assert.deepEqual(removed, [1]);
});

const UNSEEN = [
  ['BYTES_MISSING', 'not there'],
  ['BYTES_UNREADABLE', 'no permission'],
  ['DOWNLOAD_FAILED', 'no answer'],
  ['EMPTY_FILE', 'no bytes'],
] as const;

for (const [code, reason] of UNSEEN) {
  test(`${code}: the reason is told, the vector stays where it is, and it is tried again by itself`, async () => {
    worker.start();
    await add({ 1: 'good', 2: 'fine' });
    await Promise.all([is(1, 'ready'), is(2, 'ready')]);
    await waitLong();
    parts.media.failures.push(new SimilarError(code, reason));
    await add({ 1: 'good' });
    await is(1, 'failed');
    assert.deepEqual(
      [(await statusOf(1)).code, (await statusOf(1)).reason, (await statusOf(1)).hasVector],
      [code, reason, true],
    );
    assert.equal((await parts.store.vectors(SPACE.id, [1])).size, 1);
    assert.equal((await parts.store.digests(SPACE.id, [1])).get(1), 'good');
    assert.deepEqual(removed, []);
    await parts.db('similar_embeddings').where({ file_id: 1 }).update({ not_before: 1 });
    await is(1, 'ready');
    assert.deepEqual([(await statusOf(1)).code, parts.embedder.embedded.length], [undefined, 2]);
  });
}

test('a late failure of bytes that have changed since takes nothing out of the index', async () => {
  worker.start();
  await add({ 1: 'good' });
  await is(1, 'ready');
  let open = () => {};
  parts.embedder.gate = new Promise((resolve) => {
    open = resolve;
  });
  parts.embedder.results.set('bad', { ok: false, state: 'failed', code: 'DECODER_TIMEOUT', reason: 'it hung' });
  await add({ 1: 'bad' });
  await until('the bad bytes are in work', () => parts.media.opened === 2);
  await add({ 1: 'better' });
  open();
  await until('the last bytes are stored', async () => (await parts.store.digests(SPACE.id, [1])).get(1) === 'better');
  await until('the bad bytes had their turn', () => parts.embedder.embedded.includes('bad'));
  assert.deepEqual(removed, []);
});

test('bytes that vanish between opening and decoding cost no vector either', async () => {
  worker.start();
  await add({ 1: 'good' });
  await is(1, 'ready');
  await waitLong();
  parts.embedder.results.set('late', { ok: false, state: 'failed', code: 'BYTES_MISSING', reason: 'gone' });
  await add({ 1: 'late' });
  await is(1, 'failed');
  assert.equal((await statusOf(1)).hasVector, true);
  assert.deepEqual(removed, []);
});

test('a volume that is gone is one line in the log, and comes back by itself', async () => {
  worker.start();
  for (let id = 1; id <= 30; id++) parts.media.unseen.set(id, undefined);
  await add(Object.fromEntries(Array.from({ length: 30 }, (_, at) => [at + 1, `p${at}`])));
  await until('all were tried several times', () => parts.media.opened > 100);
  assert.equal(warnings.length, 1, warnings.join('\n'));
  parts.media.unseen.clear();
  await until('all are ready', async () => (await parts.store.counts(SPACE.id)).ready === 30);
});

test('what is not seen here is left to other nodes while one works; what none takes is missing, until its bytes come', async () => {
  for (const id of [1, 2]) parts.media.unseen.set(id, MISSING_STAMP);
  await add({ 1: 'elsewhere', 2: 'nowhere', 3: 'own' });
  const [other] = await parts.store.claim(SPACE.id, 1, 60_000, async () => new Set([1]));
  worker.start();
  await is(3, 'ready');
  await sleep(200);
  assert.deepEqual([(await statusOf(2)).state, parts.media.opened], ['pending', 1]);

  await parts.store.complete([{ claim: other, digest: 'd', stamp: 's', vector: vectorOf('elsewhere') }]);
  await is(2, 'failed');
  const { code, reason, stamp } = await statusOf(2);
  assert.deepEqual([code, stamp], ['BYTES_MISSING', MISSING_STAMP]);
  assert.match(reason ?? '', /of any node/);
  const looks = parts.media.opened;
  parts.media.unseen.clear();
  await is(2, 'ready');
  assert.equal(parts.media.opened, looks + 1, 'it was not opened in vain');
});

test('one that is behind others that are not here is found', async () => {
  const files = Array.from({ length: 100 }, (_, at) => [at + 1, `p${at}`] as const);
  for (const [id] of files) if (id < 100) parts.media.unseen.set(id, MISSING_STAMP);
  await parts.store.enqueue(SPACE.id, [200]);
  const claims = await parts.store.claim(SPACE.id, 1, 60_000);
  assert.equal(claims.length, 1, 'another node is at work');
  worker.start();
  await add(Object.fromEntries(files));
  await is(100, 'ready');
  assert.equal(parts.media.opened, 1);
});

test('a picture that the library no longer has is forgotten', async () => {
  worker.start();
  await parts.store.enqueue(SPACE.id, [7]);
  worker.wake();
  await until('its row is gone', async () => (await statusOf(7)) === undefined);
  assert.deepEqual(removed, [7]);
});

test('paused: nothing is taken from the queue until it is resumed', async () => {
  worker.pause();
  worker.start();
  await add({ 1: 'a' });
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.equal((await statusOf(1)).state, 'pending');
  assert.equal(parts.media.opened, 0);
  worker.resume();
  await is(1, 'ready');
});

test('stopped in the middle: what is not done goes back to the queue at once', async () => {
  parts.embedder.gate = new Promise(() => {});
  worker.start();
  await add({ 1: 'a', 2: 'b' });
  await until('both are in work', () => parts.media.opened === 2);
  await worker.stop();
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

test('a picture that the database refuses fails alone, and its neighbours of the batch are stored', async () => {
  const { complete } = parts.store;
  parts.store.complete = async (done) => {
    if (done.some(({ digest }) => digest === 'bad')) throw new Error('value too long for type character varying(255)');
    return complete.call(parts.store, done);
  };
  await waitLong();
  await add({ 1: 'a', 2: 'bad', 3: 'c' });
  await Promise.all([is(1, 'ready'), is(3, 'ready')]);
  await until('the bad one waits', isDelayed);
  assert.deepEqual(parts.embedder.embedded.toSorted(), ['a', 'bad', 'c'], 'none is embedded twice');
});

const library = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [at + 1, `p${at}`]));

test('while no engine can run, no bytes are opened; when one runs, all are embedded at once', async () => {
  parts.embedder.state = 'broken';
  worker.start();
  await add(library);
  const { asked } = parts.embedder;
  await until('it has looked many times', () => parts.embedder.asked > asked + 20);
  assert.equal(parts.media.opened, 0);
  assert.deepEqual(warnings, ['No engine can run, so all pictures wait in the queue: no engine here']);
  parts.embedder.state = 'ready';
  await until('all are ready', async () => (await parts.store.counts(SPACE.id)).ready === 50);
});

test('an engine that ends gives its pictures back as they were: none waits for a time of its own', async () => {
  parts.embedder.down = true;
  worker.start();
  await add(library);
  await until('some were tried', () => parts.media.opened > 0);
  await until('all are back in the queue', async () => {
    return (await parts.store.waiting(SPACE.id, 100)) === 50;
  });
  assert.deepEqual(warnings, []);
  parts.embedder.down = false;
  await until('all are ready', async () => (await parts.store.counts(SPACE.id)).ready === 50);
  const attempts = await parts.db('similar_embeddings').max('attempts as most').first();
  assert.equal(attempts?.most, 0);
});

test('a clock that is set back while no engine runs holds nothing up', async () => {
  parts.embedder.down = true;
  worker.start();
  await add({ 1: 'a' });
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  try {
    await until(
      'the engine was missed',
      async () => (await parts.store.counts(SPACE.id)).pending === 1 && parts.media.opened > 1,
    );
    mock.timers.setTime(Date.now() - 3_600_000);
    parts.embedder.down = false;
    for (let look = 0; look < 400 && (await statusOf(1)).state !== 'ready'; look++) await sleep(20);
    assert.equal((await statusOf(1)).state, 'ready');
  } finally {
    mock.timers.reset();
  }
});
