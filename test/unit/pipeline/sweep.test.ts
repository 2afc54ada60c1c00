import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { sweep } from '../../../plugin/pipeline/sweep';
import { type FileId, MISSING_STAMP } from '../../../plugin/ports';
import { createParts, type Parts, quiet, SPACE, vectorOf } from '../../helpers/pipeline';
import { watchStatements } from '../../helpers/statements';
import { until } from '../../helpers/until';

let parts: Parts;
let removed: number[];

beforeEach(async () => {
  parts = await createParts();
  removed = [];
});
afterEach(() => parts.close());

const run = ({
  acceptMissing,
  signal = new AbortController().signal,
}: {
  acceptMissing?: boolean;
  signal?: AbortSignal;
} = {}) => {
  const { store, media } = parts;
  const onRemoved = (ids: number[]) => removed.push(...ids);
  return sweep({ space: SPACE, store, media, logger: quiet, onRemoved, acceptMissing, signal, pageSize: 2 });
};

/** Files that are in the library and embedded. */
async function embedded(files: Record<number, string>): Promise<void> {
  const ids = Object.keys(files).map(Number);
  for (const id of ids) parts.media.files.set(id, files[id]);
  await parts.store.enqueue(SPACE.id, ids);
  for (const claim of await parts.store.claim(SPACE.id, 1_000, 60_000)) {
    const content = files[claim.fileId];
    await parts.store.complete([{ claim, digest: content, stamp: `stamp of ${content}`, vector: vectorOf(content) }]);
  }
}

const pending = async () => (await parts.store.claim(SPACE.id, 100, 1_000)).map(({ fileId }) => fileId);

test('nothing has changed: nothing to do', async () => {
  await embedded({ 1: 'a', 2: 'b', 3: 'c' });
  assert.deepEqual(await run(), { missing: 0, stale: 0, orphaned: 0 });
  assert.deepEqual(await pending(), []);
});

test('finds what hooks missed: new, changed and vanished pictures, over many pages', async () => {
  await embedded({ 1: 'a', 2: 'b', 4: 'd', 6: 'f', 7: 'g' });
  parts.media.files.set(3, 'new');
  parts.media.files.set(9, 'newer');
  parts.media.files.set(4, 'changed');
  parts.media.files.delete(1);
  parts.media.files.delete(7);
  assert.deepEqual(await run(), { missing: 2, stale: 1, orphaned: 2 });
  assert.deepEqual((await pending()).toSorted(), [3, 4, 9]);
  assert.deepEqual(removed.toSorted(), [1, 7]);
  assert.deepEqual(
    (await parts.store.list(SPACE.id, 0, 10)).map(({ fileId }) => fileId),
    [2, 3, 4, 6, 9],
  );
});

test('what vanished is asked for again in chunks, and pages have breaks between them', async () => {
  await embedded(Object.fromEntries(Array.from({ length: 12 }, (_, at) => [at + 1, `p${at}`])));
  for (let id = 2; id <= 12; id++) parts.media.files.delete(id);
  const { list, listed } = parts.media;
  let asked = 0;
  parts.media.list = (...page) => {
    asked++;
    return list.apply(parts.media, page);
  };
  parts.media.listed = (ids) => {
    asked++;
    return listed.call(parts.media, ids);
  };
  const watch = watchStatements(parts.db);
  try {
    const running = run();
    assert.equal((await running).orphaned, 11);
    const pages = watch.statements.filter(({ sql }) => /^select.*order by `file_id`/.test(sql));
    assert.ok(pages.length > 6, `${pages.length} pages`);
    assert.ok(
      watch.gaveWay(({ sql }) => pages.some((page) => page.sql === sql)),
      'the event loop turns between two pages',
    );
  } finally {
    watch.stop();
  }
  assert.ok(asked <= 8, `the library was asked ${asked} times`);
});

test('a stamp that an earlier version gave the same bytes is as good as the present one', async () => {
  await embedded({ 1: 'a', 2: 'b' });
  parts.media.list = async (afterId) =>
    [
      { id: 1, stamp: 'new', earlier: 'stamp of a' },
      { id: 2, stamp: 'new', earlier: 'stamp of other' },
    ].filter(({ id }) => id > afterId);
  await run();
  assert.deepEqual(await pending(), [2]);
});

test('a picture that is uploaded while it runs is not taken for vanished', async () => {
  await embedded({ 1: 'a' });
  const { list } = parts.media;
  let first = true;
  parts.media.list = async (...page) => {
    const files = await list.apply(parts.media, page);
    if (first) {
      first = false;
      await embedded({ 2: 'late' });
    }
    return files;
  };
  const { orphaned } = await run();
  assert.equal(orphaned, 0);
  assert.deepEqual(removed, []);
});

/** A library of so many embedded pictures, of which the last ones cannot be seen. */
async function unseen(count: number, of: number, stamp: string | undefined): Promise<FileId[]> {
  await embedded(Object.fromEntries(Array.from({ length: of }, (_, at) => [at + 1, `p${at}`])));
  const ids = Array.from({ length: count }, (_, at) => of - at);
  for (const id of ids) parts.media.unseen.set(id, stamp);
  return ids;
}

const ready = async () => (await parts.store.counts(SPACE.id)).ready;

test('bytes of many pictures are missing at once: they are left until they are back or accepted as missing', async () => {
  const ids = await unseen(21, 40, MISSING_STAMP);
  parts.media.files.set(41, 'new');
  parts.media.files.delete(1);
  await assert.rejects(run(), { code: 'LIBRARY_UNSEEN', message: /21 of 39 known/ });
  assert.deepEqual(removed, [1], 'what the database says is mended');
  const asked = await pending();
  assert.deepEqual([asked.length, asked.includes(41), await ready()], [6, true, 34], 'a few are asked about');

  parts.media.unseen.clear();
  assert.deepEqual(await run(), { missing: 0, stale: 0, orphaned: 0 });

  for (const id of ids) parts.media.unseen.set(id, MISSING_STAMP);
  assert.equal((await run({ acceptMissing: true })).stale, 16, 'the others are pending already');
});

test('a few that are missing are looked at, also in a small library; so is a small share of a large one', async () => {
  await unseen(20, 20, MISSING_STAMP);
  assert.equal((await run()).stale, 20);
  await parts.close();
  parts = await createParts();
  await unseen(25, 500, MISSING_STAMP);
  assert.equal((await run()).stale, 25);
});

test('pictures that cannot be looked at are left as they are', async () => {
  await unseen(40, 40, undefined);
  assert.deepEqual(await run(), { missing: 0, stale: 0, orphaned: 0 });
  assert.equal(await ready(), 40);
});

test('is ended while the library does not answer, and writes nothing afterwards', async () => {
  await embedded({ 1: 'a', 2: 'b', 3: 'c', 4: 'd' });
  const { list } = parts.media;
  let answer: (() => void) | undefined;
  parts.media.list = async (after, limit) => {
    if (after > 0) {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
    }
    return list.call(parts.media, after, limit);
  };
  parts.media.files.set(1, 'changed');
  const ending = new AbortController();
  const running = run({ signal: ending.signal });
  await until('it waits for the second page', () => answer !== undefined);
  ending.abort();
  await assert.rejects(running, { name: 'AbortError' });
  answer?.();
  await new Promise(setImmediate);
  assert.deepEqual(await pending(), []);
});
