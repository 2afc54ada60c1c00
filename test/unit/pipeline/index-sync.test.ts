import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createIndexSync, type IndexSync } from '../../../plugin/pipeline/index-sync';
import type { FileId, VectorIndex } from '../../../plugin/ports';
import { createParts, type Parts, quiet, SPACE, vectorOf } from '../../helpers/pipeline';
import { until } from '../../helpers/until';

let parts: Parts;
let sync: IndexSync;

beforeEach(async () => {
  parts = await createParts();
  const { store, index } = parts;
  sync = createIndexSync({ space: SPACE, store, index, logger: quiet, pageSize: 2, pollMs: 20, patienceMs: 50 });
});
afterEach(async () => {
  await sync.stop();
  await parts.close();
});

async function store(...contents: string[]): Promise<void> {
  const ids = contents.map((content) => content.charCodeAt(0));
  await parts.store.enqueue(SPACE.id, ids);
  const claims = await parts.store.claim(SPACE.id, 100, 1_000);
  const vector = (id: number) => vectorOf(String.fromCharCode(id));
  await parts.store.complete(claims.map((claim) => ({ claim, digest: 'd', stamp: 's', vector: vector(claim.fileId) })));
}

const held = async () => (await parts.index.keys()).map(({ fileId }) => String.fromCharCode(fileId)).toSorted();
const holds = (...contents: string[]) =>
  until(`the index holds ${contents}`, async () => (await held()).join() === contents.join());

test('brings an empty index to the state of the store, and follows it', async () => {
  await store('a', 'b', 'c', 'd', 'e');
  sync.start();
  await sync.ready();
  assert.deepEqual(await held(), ['a', 'b', 'c', 'd', 'e']);
  assert.equal(await sync.current(), true);
  await store('f');
  assert.equal(await sync.current(), false);
  sync.wake();
  await holds('a', 'b', 'c', 'd', 'e', 'f');
  await until('it knows that', () => sync.current());
});

test('what other nodes store comes without a word, and what they remove goes', async () => {
  sync.start();
  await sync.ready();
  await store('a', 'b', 'c');
  await holds('a', 'b', 'c');
  // Gone, and with bytes that give no vector.
  await parts.store.forget(['a'.charCodeAt(0)]);
  await parts.store.enqueue(SPACE.id, ['b'.charCodeAt(0)]);
  const [claim] = await parts.store.claim(SPACE.id, 1, 1_000);
  await parts.store.fail(claim, { state: 'failed', code: 'DECODE_FAILED', reason: 'damaged' });
  await holds('c');
});

test('a picture that was lost and has another vector by then stays', async () => {
  await store('a', 'b');
  sync.start();
  await sync.ready();
  const { lostSince } = parts.store;
  let asked: (() => void) | undefined;
  const open = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let go: (() => void) | undefined;
  // Between the look for vectors and the look for losses all of it happens.
  parts.store.lostSince = async (...args) => {
    asked?.();
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    return lostSince(...args);
  };
  await open;
  await parts.store.forget(['a'.charCodeAt(0), 'b'.charCodeAt(0)]);
  await store('a');
  parts.store.lostSince = lostSince;
  go?.();
  await until('the new vector is there', async () => (await parts.index.keys()).some(({ seq }) => seq === 5));
  await holds('a');
  // Several more looks.
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(await held(), ['a']);
});

test('what is missing is read from the smallest missing number on, and nothing before it', async () => {
  await parts.index.open(SPACE);
  await store('a', 'b', 'c', 'd', 'e', 'f');
  await parts.index.put(await parts.store.vectorsSince(SPACE.id, 0, 4));
  const { vectorsSince } = parts.store;
  const read: number[] = [];
  parts.store.vectorsSince = async (...args) => {
    const found = await vectorsSince(...args);
    read.push(...found.map(({ seq }) => seq));
    return found;
  };
  sync.start();
  await sync.ready();
  assert.deepEqual(await held(), ['a', 'b', 'c', 'd', 'e', 'f']);
  assert.deepEqual(read, [5, 6]);
});

test('mends an index that holds too much, too little, or newer than the store', async () => {
  await parts.index.open(SPACE);
  await store('a', 'b');
  const [wrong] = await parts.store.vectorsSince(SPACE.id, 0, 1);
  await parts.index.put([
    { ...wrong, fileId: 'x'.charCodeAt(0), seq: 5 },
    { ...wrong, seq: 900 },
  ]);
  sync.start();
  await sync.ready();
  assert.deepEqual(await held(), ['a', 'b']);
  const keys = await parts.index.keys();
  assert.ok(keys.every(({ seq }) => seq < 900));
});

test('after a loss of memory everything is compared again', async () => {
  await store('a', 'b');
  sync.start();
  await sync.ready();
  await parts.index.clear();
  sync.reset();
  await sync.ready();
  assert.deepEqual(await held(), ['a', 'b']);
});

test('a search that comes too early waits, then says that the index is being loaded', async () => {
  parts.index.open = () => new Promise(() => {});
  sync.start();
  await assert.rejects(sync.ready(), { code: 'INDEX_UNAVAILABLE' });
  // It is also stopped without waiting for the index.
});

test('an index that fails is tried again', async () => {
  const { put } = parts.index;
  let failures = 2;
  parts.index.put = async (items) => {
    if (failures-- > 0) throw new Error('busy');
    return put(items);
  };
  await store('a');
  sync.start();
  await holds('a');
});

test('is stopped while the index is loaded, and loads no more afterwards', async () => {
  await store('a', 'b', 'c', 'd', 'e', 'f');
  const { put } = parts.index;
  let go: (() => void) | undefined;
  let puts = 0;
  parts.index.put = async (items) => {
    puts++;
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    return put(items);
  };
  sync.start();
  await until('it loads', () => go !== undefined);
  await sync.stop();
  go?.();
  // Turns enough for the next page to be read and put.
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  assert.equal(puts, 1);
});

test('a listing that lacks some ids: their vectors are written again, and nothing is removed', async () => {
  await store('a', 'b', 'c', 'd', 'e');
  await sync.stop();
  const { index } = parts;
  const written: FileId[] = [];
  const removed: FileId[] = [];
  let lacking: FileId[] = [];
  // As of a server whose listing reads one of several copies, which was away.
  const partial: VectorIndex = {
    ...index,
    keys: async () => (await index.keys()).filter(({ fileId }) => !lacking.includes(fileId)),
    async put(items) {
      written.push(...items.map(({ fileId }) => fileId));
      await index.put(items);
    },
    async remove(ids) {
      removed.push(...ids);
      await index.remove(ids);
    },
  };
  const options = { space: SPACE, store: parts.store, index: partial, logger: quiet, pageSize: 2, pollMs: 20 };
  sync = createIndexSync({ ...options, recheckMs: 30 });
  sync.start();
  await sync.ready();
  written.length = 0;
  lacking = ['b', 'd'].map((content) => content.charCodeAt(0));
  await until('both are written again', () => lacking.every((id) => written.includes(id)));
  assert.ok(sync.synced, 'searches go on');
  assert.deepEqual(new Set(written), new Set(lacking), 'nothing else is');
  assert.deepEqual(removed, []);
  assert.deepEqual(await held(), ['a', 'b', 'c', 'd', 'e']);
});
