import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Blobs, Claim, EmbeddingStore } from '../../plugin/ports';

export interface StoreUnderTest {
  store: EmbeddingStore;
  /** A second node on the same database. */
  other: EmbeddingStore;
  /** On the same database. */
  blobs: Blobs;
  /** As if all that was put off had waited for so long already. */
  waited(ms: number): Promise<void>;
  close(): Promise<void>;
}

const SPACE = 'model@1/lanczos3';
const LEASE = 60_000;
const vector = (...values: number[]) => Float32Array.from(values);

/** What every embedding store does. */
export function testEmbeddingStore(
  name: string,
  open: () => Promise<StoreUnderTest>,
  skip: string | false = false,
): void {
  describe(`embedding store: ${name}`, { skip }, () => {
    let store: EmbeddingStore;
    let other: EmbeddingStore;
    let blobs: Blobs;
    let waited: StoreUnderTest['waited'];
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ store, other, blobs, waited, close } = await open());
    });
    afterEach(() => close());

    const claimAll = (limit = 100) => store.claim(SPACE, limit, LEASE);
    const embedded = (claim: Claim, value = claim.fileId) => ({
      claim,
      digest: `digest${value}`,
      stamp: `stamp${value}`,
      vector: vector(value, 0.5, -0.25),
    });
    const holding = async (node: EmbeddingStore, fileIds: number[]) =>
      new Set((await node.status(SPACE, fileIds)).flatMap(({ fileId, hasVector }) => (hasVector ? [fileId] : [])));
    const fill = async (...fileIds: number[]) => {
      await store.enqueue(SPACE, fileIds);
      return store.complete((await claimAll()).map((claim) => embedded(claim)));
    };

    it('can be opened again, and by several nodes at once', async () => {
      await Promise.all([store.open(), other.open(), store.open()]);
      await store.enqueue(SPACE, [1]);
      await other.open();
      assert.equal((await other.counts(SPACE)).pending, 1);
    });

    it('queues each picture once', async () => {
      await store.enqueue(SPACE, [3, 1, 3]);
      await store.enqueue(SPACE, [1, 2]);
      assert.deepEqual(
        (await store.list(SPACE, 0, 10)).map(({ fileId }) => fileId),
        [1, 2, 3],
      );
    });

    it('hands a row to one claimant only', async () => {
      await store.enqueue(SPACE, range(1, 60));
      const claims = (await Promise.all([claimAll(40), other.claim(SPACE, 40, LEASE), claimAll(40)])).flat();
      const ids = claims.map(({ fileId }) => fileId);
      assert.equal(new Set(ids).size, ids.length);
    });

    it('hands out all rows, also when claimants race', async () => {
      await store.enqueue(SPACE, range(1, 60));
      const seen: number[] = [];
      const drain = async (node: EmbeddingStore) => {
        for (let empty = 0; empty < 3; ) {
          const claims = await node.claim(SPACE, 7, LEASE);
          if (claims.length === 0) empty += 1;
          seen.push(...claims.map(({ fileId }) => fileId));
        }
      };
      await Promise.all([drain(store), drain(other)]);
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        range(1, 60),
      );
    });

    it('hands a row out again when its lease has run out, and not while it is renewed', async () => {
      await store.enqueue(SPACE, [1]);
      const [first] = await store.claim(SPACE, 1, 60);
      await store.renew([first], LEASE);
      await pause(80);
      assert.deepEqual(await claimAll(), []);
      await store.renew([first], -1);
      const [second] = await claimAll();
      assert.equal(second.fileId, 1);
      assert.equal(second.attempts, 2);
      assert.notEqual(second.lease, first.lease);
    });

    it('keeps the miniature of a picture as long as its vector', async () => {
      await store.enqueue(SPACE, [1, 2, 3]);
      const miniature = Uint8Array.of(0, 7, 255, 0);
      await store.complete(
        (await claimAll()).map((claim) => ({ ...embedded(claim), ...(claim.fileId < 3 && { miniature }) })),
      );
      const kept = async () => [...(await other.photos(SPACE, [1, 2, 3, 4]))].sort(([a], [b]) => a - b);
      assert.deepEqual(await kept(), [
        [1, { digest: 'digest1', miniature }],
        [2, { digest: 'digest2', miniature }],
        [3, { digest: 'digest3' }],
      ]);
      assert.equal((await store.photos('other', [1])).size, 0);
      await store.enqueue(SPACE, [1, 2]);
      assert.equal((await kept()).length, 3, 'until its bytes are seen');
      const [one, two] = await claimAll();
      await store.fail(one, { state: 'failed', code: 'DECODE_FAILED', reason: 'x' });
      await store.complete([embedded(two)]);
      const now = [2, 3].map((id) => [id, { digest: `digest${id}` }]);
      assert.deepEqual(await kept(), now, 'that of other bytes says nothing');
    });

    it('keeps the palette of a picture as long as its vector', async () => {
      await store.enqueue(SPACE, [1, 2, 3]);
      await store.complete((await claimAll()).map(embedded));
      const since = (seq: number, limit = 10) => other.palettesSince(SPACE, seq, limit);
      const [one, two, three] = await since(0);
      assert.deepEqual([one.palette, two.palette, three.palette], [undefined, undefined, undefined]);
      const palette = Uint8Array.of(1, 0, 255);
      const withPalette = [one, two].map((row) => ({ ...row, palette }));
      await store.keepPalettes(SPACE, withPalette);
      await store.keepPalettes('other', [{ ...three, palette }]);
      assert.deepEqual(await since(0), [...withPalette, three]);
      assert.deepEqual(await since(0, 1), withPalette.slice(0, 1));
      assert.deepEqual(await since(two.seq), [three]);
      assert.deepEqual(await store.palettesSince('other', 0, 10), []);

      await store.enqueue(SPACE, [one.fileId, two.fileId]);
      const claims = new Map((await claimAll()).map((claim) => [claim.fileId, claim]));
      await store.fail(claims.get(one.fileId) as Claim, { state: 'failed', code: 'DECODE_FAILED', reason: 'x' });
      await store.complete([embedded(claims.get(two.fileId) as Claim)]);
      const [, replaced] = await since(0);
      assert.deepEqual(
        [replaced.fileId, replaced.palette],
        [two.fileId, undefined],
        'that of other bytes says nothing',
      );
      await store.keepPalettes(SPACE, withPalette);
      assert.deepEqual(await since(0), [three, replaced], 'what is found late is of bytes that are gone');
    });

    it('drops the outcome of a lost lease', async () => {
      await store.enqueue(SPACE, [1]);
      const [lost] = await store.claim(SPACE, 1, -1);
      const [held] = await claimAll();
      assert.deepEqual(await store.complete([embedded(lost, 7)]), []);
      assert.equal(await store.fail(lost, { state: 'failed', code: 'DECODE_FAILED', reason: 'x' }), false);
      await store.confirm(lost, 'x');
      await store.release([lost]);
      assert.equal((await store.complete([embedded(held, 8)])).length, 1);
      assert.deepEqual([...((await store.vectors(SPACE, [1])).get(1) ?? [])], [8, 0.5, -0.25]);
    });

    it('drops the outcome for bytes that were replaced meanwhile', async () => {
      await store.enqueue(SPACE, [1]);
      const [stale] = await claimAll();
      await store.enqueue(SPACE, [1]);
      assert.deepEqual(await store.complete([embedded(stale)]), []);
      const [fresh] = await claimAll();
      assert.equal(fresh.revision, stale.revision + 1);
      assert.equal((await store.complete([embedded(fresh)])).length, 1);
    });

    it('keeps the old vector until the new one is there', async () => {
      const [old] = await fill(1);
      await store.enqueue(SPACE, [1]);
      assert.equal((await store.vectors(SPACE, [1])).size, 1);
      const [claim] = await claimAll();
      assert.deepEqual([claim.hasVector, claim.digest], [true, 'digest1']);
      const [renewed] = await store.complete([embedded(claim, 9)]);
      assert.ok(renewed.seq > old.seq);
      assert.equal((await store.vectors(SPACE, [1])).get(1)?.[0], 9);
    });

    it('confirms unchanged bytes without a new vector', async () => {
      const [old] = await fill(1);
      await store.enqueue(SPACE, [1]);
      const [claim] = await claimAll();
      await store.confirm(claim, 'later');
      const [status] = await store.status(SPACE, [1]);
      assert.deepEqual([status.state, status.stamp, status.attempts], ['ready', 'later', 0]);
      assert.deepEqual(await store.vectorKeys(SPACE, 0, 10), [{ fileId: 1, seq: old.seq }]);
    });

    it('ends a picture with its reason, without its old vector, and retries it on request', async () => {
      await fill(1, 2);
      await store.enqueue(SPACE, [1]);
      const [claim] = await claimAll();
      await store.fail(claim, { state: 'unsupported', code: 'UNSUPPORTED_FORMAT', reason: 'HEIC' }, 's');
      const [status] = await store.list(SPACE, 0, 10, 'unsupported');
      assert.deepEqual(
        [status.fileId, status.code, status.reason, status.stamp, status.hasVector],
        [1, 'UNSUPPORTED_FORMAT', 'HEIC', 's', false],
      );
      assert.equal((await store.vectors(SPACE, [1])).size, 0);
      assert.deepEqual(await claimAll(), []);
      assert.equal(await store.retry(SPACE, [2]), 0);
      assert.equal(await store.retry(SPACE), 1);
      assert.deepEqual(
        (await claimAll()).map(({ fileId, attempts }) => [fileId, attempts]),
        [[1, 1]],
      );
    });

    it('lists and retries the pictures that failed for one reason', async () => {
      const failures = [
        { state: 'failed', code: 'DECODE_FAILED', reason: 'r' },
        { state: 'unsupported', code: 'TOO_LARGE', reason: 'r' },
      ] as const;
      await store.enqueue(SPACE, [1, 2, 3, 4]);
      for (const claim of await claimAll()) await store.fail(claim, failures[claim.fileId % 2], 's');
      await store.enqueue('another', [6]);
      const [elsewhere] = await store.claim('another', 1, LEASE);
      await store.fail(elsewhere, failures[0], 's');
      const listed = async (code: string) =>
        (await store.list(SPACE, 0, 10, 'failed', code)).map(({ fileId }) => fileId);
      assert.deepEqual(await listed('DECODE_FAILED'), [2, 4]);
      assert.deepEqual(await listed('TOO_LARGE'), []);
      assert.deepEqual(
        (await store.list(SPACE, 2, 1, 'failed', 'DECODE_FAILED')).map(({ fileId }) => fileId),
        [4],
      );
      assert.equal(await store.retry(SPACE, 'BAD_VECTOR'), 0);
      assert.equal(await store.retry(SPACE, 'DECODE_FAILED'), 2);
      assert.deepEqual((await claimAll()).map(({ fileId }) => fileId).toSorted(), [2, 4]);
      assert.equal(await store.retry(SPACE, 'TOO_LARGE'), 2);
    });

    it('keeps the vector of a picture whose bytes could not be seen, and hands it out again when its time has come', async () => {
      const [old] = await fill(1);
      await store.enqueue(SPACE, [1]);
      const failure = { state: 'failed', code: 'BYTES_MISSING', reason: 'not there' } as const;
      const [claim] = await claimAll();
      await store.unseen(claim, failure, LEASE, 'missing');
      const [status] = await other.list(SPACE, 0, 10, 'failed');
      assert.deepEqual(
        [status.code, status.reason, status.stamp, status.hasVector],
        ['BYTES_MISSING', 'not there', 'missing', true],
      );
      assert.deepEqual(await store.vectorKeys(SPACE, 0, 10), [{ fileId: 1, seq: old.seq }]);
      assert.deepEqual(await claimAll(), []);
      await store.retry(SPACE);
      await store.unseen((await claimAll())[0], failure, 0, 'missing');
      const [again] = await claimAll();
      assert.deepEqual([again.digest, again.attempts], ['digest1', 1]);
      await store.confirm(again, 'back');
      assert.deepEqual(
        (await store.status(SPACE, [1])).map(({ state, stamp, code }) => [state, stamp, code]),
        [['ready', 'back', undefined]],
      );
    });

    it('hands out only what a node can work on, also from behind the rest, and knows whether any is at work', async () => {
      const ids = Array.from({ length: 30 }, (_, at) => at + 1);
      await store.enqueue(SPACE, ids);
      assert.equal(await store.busy(SPACE), false);
      const asked: number[] = [];
      const among = async (some: readonly number[]) => {
        asked.push(...some);
        return new Set(some.filter((id) => id > 27));
      };
      const claims = await store.claim(SPACE, 2, LEASE, among);
      assert.deepEqual(
        claims.map(({ fileId }) => fileId),
        [28, 29],
      );
      assert.equal(asked.length, 32, 'the first two, then all');
      assert.equal(await other.busy(SPACE), true);
      await store.release(claims);
      assert.equal(await other.busy(SPACE), false);
      assert.deepEqual(await store.claim(SPACE, 2, LEASE, async () => new Set()), []);
    });

    it('does not hand out by itself what nodes look for', async () => {
      await store.enqueue(SPACE, [1]);
      await store.unseen(
        (await claimAll())[0],
        { state: 'failed', code: 'BYTES_MISSING', reason: 'r' },
        undefined,
        'missing',
      );
      assert.deepEqual(await claimAll(), []);
      assert.equal(await store.retry(SPACE, [1]), 1);
      assert.equal((await claimAll()).length, 1);
    });

    it('takes stamps and reasons of any length, and with any character', async () => {
      const long = `https://cdn.example/${'ш'.repeat(3_000)}\0.jpg|1|2`;
      const kept = long.replace('\0', '');
      await store.enqueue(SPACE, [1, 2, 3, 4]);
      const [first, second, third, fourth] = await claimAll();
      assert.equal((await store.complete([{ ...embedded(first), stamp: long }, embedded(second)])).length, 2);
      await store.fail(third, { state: 'failed', code: 'DECODE_FAILED', reason: long }, long);
      await store.unseen(fourth, { state: 'failed', code: 'DOWNLOAD_FAILED', reason: long }, 0, long);
      await store.enqueue(SPACE, [2]);
      await store.confirm((await claimAll())[0], long);
      const items = await store.status(SPACE, [1, 2, 3, 4]);
      assert.deepEqual(new Set(items.map(({ stamp }) => stamp)), new Set([kept]));
      assert.deepEqual(new Set(items.map(({ reason }) => reason)), new Set([undefined, kept]));
    });

    it('leaves what failed for good alone', async () => {
      await store.enqueue(SPACE, [1]);
      await store.fail((await claimAll())[0], { state: 'failed', code: 'DECODE_FAILED', reason: 'damaged' });
      assert.deepEqual(await claimAll(), []);
    });

    it('gives rows back without counting the attempt, for now or for later', async () => {
      await store.enqueue(SPACE, [1]);
      await store.release(await claimAll());
      const again = await claimAll();
      assert.equal(again[0].attempts, 1);
      assert.equal(await store.waiting(SPACE, 10), 1, 'leased');
      await store.release(again, 60_000);
      assert.equal(await store.waiting(SPACE, 10), 0);
      assert.deepEqual(await claimAll(), []);
      await store.enqueue(SPACE, [1]);
      assert.equal((await claimAll()).length, 1);
    });

    it('gives up a picture whose claims never end, tells why, keeps its vector and tries again after a day', async () => {
      await fill(1);
      await store.enqueue(SPACE, [1]);
      for (let attempt = 1; attempt <= 5; attempt++) assert.equal((await store.claim(SPACE, 1, -1)).length, 1);
      assert.deepEqual(await claimAll(), []);
      const [status] = await store.status(SPACE, [1]);
      assert.deepEqual([status.state, status.code, status.hasVector], ['failed', 'GAVE_UP', true]);
      assert.match(status.reason ?? '', /stopped 5 times/);
      await waited(25 * 3_600_000);
      assert.deepEqual(
        (await claimAll()).map(({ attempts }) => attempts),
        [1],
      );
    });

    it('gives nothing up because the server stops over something else: suspects come alone, and last', async () => {
      await store.enqueue(SPACE, range(1, 12));
      for (let stop = 1; stop <= 12; stop++) await store.claim(SPACE, 12, -1);
      assert.equal((await store.counts(SPACE)).failed, 0);
      await store.enqueue(SPACE, [20]);
      assert.deepEqual(
        (await claimAll()).map(({ fileId }) => fileId),
        [20],
      );
      assert.equal((await claimAll()).length, 1);
    });

    it('hands out what somebody has just uploaded before the backlog', async () => {
      await store.enqueue(SPACE, range(1, 30));
      await store.enqueue(SPACE, [7, 40], { fresh: true });
      assert.deepEqual(
        (await store.claim(SPACE, 3, LEASE)).map(({ fileId }) => fileId).toSorted((a, b) => a - b),
        [1, 7, 40],
      );
    });

    it('numbers vectors in the order of their commits, with several writers', async () => {
      await store.enqueue(SPACE, range(1, 40));
      const halves = [await store.claim(SPACE, 20, LEASE), await other.claim(SPACE, 20, LEASE)];
      const seen: number[] = [];
      let writing = true;
      const write = async (node: EmbeddingStore, claims: Claim[]) => {
        for (const claim of claims) await node.complete([embedded(claim)]);
      };
      const read = async () => {
        let last = 0;
        for (let final = false; !final; ) {
          final = !writing;
          for (const { seq } of await store.vectorsSince(SPACE, last, 100)) {
            assert.ok(seq > last);
            last = seq;
            seen.push(seq);
          }
        }
      };
      const reader = read();
      await Promise.all([write(store, halves[0]), write(other, halves[1])]).finally(() => {
        writing = false;
      });
      await reader;
      assert.equal(seen.length, 40);
    });

    it('tells every node which pictures lost their vectors, in the order of what is stored', async () => {
      await fill(1, 2, 3, 4);
      await store.enqueue('other@1/lanczos3', [1]);
      const [elsewhere] = await store.claim('other@1/lanczos3', 1, LEASE);
      await store.complete([embedded(elsewhere)]);
      const lastSeq = await store.lastSeq('other@1/lanczos3');

      await store.forget([1, 99]);
      await store.enqueue(SPACE, [2, 5]);
      for (const claim of await claimAll()) {
        await store.fail(claim, { state: 'failed', code: 'DECODE_FAILED', reason: 'damaged' });
      }
      await store.dropSpace(SPACE, [3]);
      const lost = await other.lostSince(SPACE, lastSeq, 100);
      assert.deepEqual(
        lost.map(({ fileId }) => fileId),
        [1, 2, 3],
        'not 5, which had none',
      );
      assert.ok(lost.every(({ seq }, at) => seq > (lost[at - 1]?.seq ?? lastSeq)));
      assert.deepEqual(await other.lostSince(SPACE, lost[1].seq, 100), [lost[2]]);
      assert.deepEqual(await other.lostSince(SPACE, lastSeq, 1), [lost[0]]);
      assert.deepEqual(
        (await other.lostSince('other@1/lanczos3', lastSeq, 100)).map(({ fileId }) => fileId),
        [1],
      );
      assert.deepEqual(await holding(other, [1, 2, 3, 4, 5]), new Set([4]));

      const [again] = await fill(1);
      assert.ok(again.seq > lost[2].seq);
      assert.deepEqual(await holding(other, [1]), new Set([1]));
      await store.dropSpace(SPACE);
      assert.deepEqual(await store.lostSince(SPACE, 0, 100), [], 'nobody has this space open any more');
    });

    it('a vector and its loss on two nodes at once end one way or the other, and nobody waits for ever', async () => {
      for (let round = 0; round < 10; round++) {
        await store.enqueue(SPACE, range(1, 20));
        const claims = await store.claim(SPACE, 20, LEASE);
        await Promise.all([
          ...claims.map((claim) => store.complete([embedded(claim)])),
          ...range(1, 20).map((id) => other.forget([id])),
        ]);
        const holders = await holding(store, range(1, 20));
        const held = new Set<number>();
        const events = [
          ...(await store.vectorsSince(SPACE, 0, 1_000)).map(({ fileId, seq }) => ({ fileId, seq, has: true })),
          ...(await store.lostSince(SPACE, 0, 1_000)).map(({ fileId, seq }) => ({ fileId, seq, has: false })),
        ].toSorted((a, b) => a.seq - b.seq);
        for (const { fileId, has } of events) held[has ? 'add' : 'delete'](fileId);
        assert.deepEqual([...held].toSorted(), [...holders].toSorted());
        await store.forget(range(1, 20));
      }
    });

    it('keeps vectors as float16, to the bit', async () => {
      await store.enqueue(SPACE, [1]);
      const [claim] = await claimAll();
      const values = Float32Array.from({ length: 2048 }, (_, i) => (i - 1024) / 1024);
      const [stored] = await store.complete([{ ...embedded(claim), vector: values }]);
      assert.deepEqual((await store.vectors(SPACE, [1])).get(1), values);
      assert.deepEqual(await store.vectorsSince(SPACE, 0, 10), [stored]);
      assert.ok(stored.vector instanceof Uint16Array);
    });

    it('pages through thousands of rows', async () => {
      await store.enqueue(SPACE, range(1, 3_000));
      const ids: number[] = [];
      for (let after = 0; ; after = ids[ids.length - 1]) {
        const page = await store.list(SPACE, after, 700);
        if (page.length === 0) break;
        ids.push(...page.map(({ fileId }) => fileId));
      }
      assert.deepEqual(ids, range(1, 3_000));
      assert.equal((await store.status(SPACE, ids)).length, 3_000);
    });

    it('keeps blobs of a megabyte byte for byte, replaces and removes them', async () => {
      const bytes = Uint8Array.from({ length: 1_100_000 }, (_, i) => (i * 7) % 251);
      await blobs.write('one', bytes);
      await blobs.write('two', bytes.subarray(3, 10));
      assert.deepEqual(await blobs.read('one'), bytes);
      assert.deepEqual(await blobs.read('two'), bytes.slice(3, 10));
      await blobs.write('one', Uint8Array.of(1));
      assert.deepEqual(await blobs.read('one'), Uint8Array.of(1));
      await blobs.remove('one');
      assert.equal(await blobs.read('one'), undefined);
      assert.equal((await blobs.read('two'))?.length, 7);
    });

    it('says how many pictures failed for which reason', async () => {
      await store.enqueue(SPACE, [1, 2, 3, 4]);
      await store.enqueue('other', [1]);
      const [first, second, third] = await store.claim(SPACE, 3, 60_000);
      await store.fail(first, { state: 'failed', code: 'DECODE_FAILED', reason: 'torn' });
      await store.fail(second, { state: 'unsupported', code: 'UNSUPPORTED_FORMAT', reason: 'HEIC' });
      await store.unseen(third, { state: 'failed', code: 'DECODE_FAILED', reason: 'torn' }, Date.now() + 60_000);
      assert.deepEqual(await store.failures(SPACE), { DECODE_FAILED: 2, UNSUPPORTED_FORMAT: 1 });
      assert.deepEqual(await store.failures('other'), {});
      await store.retry(SPACE);
      assert.deepEqual(await store.failures(SPACE), {});
    });

    it('counts, forgets, and keeps spaces apart', async () => {
      await fill(1, 2);
      await store.enqueue('other', [1, 2, 3]);
      assert.deepEqual(await store.spaces(), [SPACE, 'other']);
      assert.deepEqual(await Promise.all([2, 9].map((most) => store.waiting('other', most))), [2, 3]);
      assert.deepEqual(await Promise.all([SPACE, 'other'].map((space) => store.lastSeq(space))), [2, 0]);
      assert.deepEqual((await store.counts(SPACE)).ready, 2);
      assert.deepEqual((await store.counts('other')).pending, 3);
      assert.equal((await store.counts('other')).vectors, 0);
      await store.forget([1]);
      assert.equal((await store.counts(SPACE)).vectors, 1);
      assert.equal((await store.counts('other')).pending, 2);
      await store.dropSpace('other', [2]);
      assert.equal((await store.counts('other')).pending, 1);
      await store.dropSpace('other', []);
      assert.equal((await store.counts('other')).pending, 1, 'no picture is not all of them');
      await store.dropSpace('other');
      assert.equal((await store.counts('other')).pending, 0);
      assert.equal((await store.counts(SPACE)).ready, 1);
    });
  });
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
