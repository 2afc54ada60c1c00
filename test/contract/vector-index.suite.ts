import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Match, StoredVector, VectorIndex } from '../../plugin/ports';
import { decodeFloat16, encodeFloat16 } from '../../plugin/vectors/float16';
import { until } from '../helpers/until';
import { createClusters, createRandom, recall, stored } from '../helpers/vectors';
import { copiesSuite } from './vector-index.copies';
import { takeRandomSteps } from './vector-index.random';

export interface IndexUnderTest {
  index: VectorIndex;
  /** Closes the index and opens another one on what it left behind; undefined where nothing is kept. */
  reopen?: () => Promise<VectorIndex>;
  dispose(): Promise<void>;
}

export interface SuiteOptions {
  /** It keeps vectors from one opening to the next: `reopen` is there. */
  persistent?: boolean;
  /** It builds a graph of the hundreds of vectors that the tests put. */
  graph?: boolean;
}

const DIMS = 24;
const SPACE = { id: 'test@1/lanczos', model: 'test', dims: DIMS };

/** What the port asks of every vector index. */
export function vectorIndexSuite(name: string, create: () => IndexUnderTest, options: SuiteOptions = {}): void {
  describe(`vector index: ${name}`, () => {
    let test: IndexUnderTest;
    let index: VectorIndex;
    const axis = (i: number, second = 0) => {
      const vector = new Float32Array(DIMS);
      vector[i] = Math.sqrt(1 - second ** 2);
      vector[(i + 1) % DIMS] = second;
      return vector;
    };
    const ids = (matches: readonly Match[]) => matches.map(({ fileId }) => fileId);

    beforeEach(async () => {
      test = create();
      index = test.index;
      await index.open(SPACE);
    });
    afterEach(async () => {
      await index.close();
      await test.dispose();
    });

    /** Until the graph answers, and misses little. */
    async function graphReady(): Promise<void> {
      if (!options.graph) return;
      await until('the graph answers', async () => (await index.status()).mode === 'graph');
      await index.put([stored(100_000, 100_000, axis(DIMS - 1))]);
      await index.remove([100_000]);
    }

    it('finds nothing while it is empty', async () => {
      assert.deepEqual(await index.search(axis(0), 5), []);
      assert.deepEqual(await index.search(axis(0), 5, { among: [1] }), []);
      assert.deepEqual(await index.keys(), []);
      const { size, lastSeq, state } = await index.status();
      assert.deepEqual({ size, lastSeq, state }, { size: 0, lastSeq: 0, state: 'ready' });
    });

    it('ranks by the exact cosine of the stored numbers', async () => {
      await index.put([stored(1, 1, axis(0)), stored(2, 2, axis(0, 0.6)), stored(3, 3, axis(5))]);
      const matches = await index.search(axis(0), 3);
      assert.deepEqual(ids(matches), [1, 2, 3]);
      const [x, y] = decodeFloat16(encodeFloat16(axis(0, 0.6)));
      const exact = x / Math.hypot(x, y);
      assert.ok(Math.abs(matches[0].similarity - 1) < 1e-7);
      assert.ok(Math.abs(matches[1].similarity - exact) < 1e-7);
      assert.ok(Math.abs(matches[2].similarity) < 1e-7);
    });

    it('takes queries and vectors of any length', async () => {
      const long = (vector: Float32Array) => vector.map((value) => value * 100);
      await index.put([stored(1, 1, long(axis(0, 0.6))), stored(2, 2, long(axis(1)))]);
      const matches = await index.search(long(axis(0, 0.6)), 2);
      assert.deepEqual(ids(matches), [1, 2]);
      assert.ok(Math.abs(matches[0].similarity - 1) < 1e-6);
      assert.ok(matches.every(({ similarity }) => similarity <= 1));
    });

    it('returns all there is when k is larger, and nothing for 0', async () => {
      await index.put([stored(1, 1, axis(0)), stored(2, 2, axis(1))]);
      assert.equal((await index.search(axis(0), 100)).length, 2);
      assert.deepEqual(await index.search(axis(0), 0), []);
    });

    it('orders ties by file id', async () => {
      await index.put([30, 4, 17, 9].map((fileId, i) => stored(fileId, i + 1, axis(2))));
      assert.deepEqual(ids(await index.search(axis(2), 4)), [4, 9, 17, 30]);
      assert.deepEqual(ids(await index.search(axis(2), 2)), [4, 9]);
      assert.deepEqual(ids(await index.search(axis(2), 2, { among: [30, 17, 9] })), [9, 17]);
    });

    it('replaces by a larger seq and ignores others', async () => {
      await index.put([stored(1, 10, axis(0))]);
      await index.put([stored(1, 9, axis(1)), stored(1, 10, axis(1))]);
      assert.ok((await index.search(axis(0), 1))[0].similarity > 0.99);
      await index.put([stored(1, 12, axis(2)), stored(1, 11, axis(3))]);
      const matches = await index.search(axis(2), 5);
      assert.deepEqual(ids(matches), [1]);
      assert.ok(matches[0].similarity > 0.99);
      assert.deepEqual(await index.keys(), [{ fileId: 1, seq: 12 }]);
      const { size, lastSeq } = await index.status();
      assert.deepEqual({ size, lastSeq }, { size: 1, lastSeq: 12 });
    });

    it('removes, and takes a removed file again', async () => {
      await index.put([stored(1, 1, axis(0)), stored(2, 2, axis(1))]);
      await index.remove([1, 77]);
      assert.deepEqual(ids(await index.search(axis(0), 5)), [2]);
      assert.deepEqual(await index.search(axis(0), 5, { among: [1] }), []);
      await index.put([stored(1, 3, axis(4))]);
      assert.deepEqual(ids(await index.search(axis(4), 1)), [1]);
      assert.equal((await index.status()).size, 2);
    });

    it('restricts a search to the files it is given', async () => {
      await index.put(Array.from({ length: 10 }, (_, i) => stored(i + 1, i + 1, axis(0, i / 20))));
      assert.deepEqual(ids(await index.search(axis(0), 3, { among: [9, 5, 5, 7, 999] })), [5, 7, 9]);
      assert.deepEqual(ids(await index.search(axis(0), 1, { among: [9, 5] })), [5]);
      assert.deepEqual(await index.search(axis(0), 3, { among: [] }), []);
    });

    it('searches by the vector that it holds for a file', async () => {
      await index.put(Array.from({ length: 10 }, (_, i) => stored(i + 1, i + 1, axis(0, i / 20))));
      const held = decodeFloat16(encodeFloat16(axis(0, 3 / 20)));
      const [byFile, byVector] = [await index.searchLike(4, 5), await index.search(held, 5)];
      assert.deepEqual(ids(byFile!), ids(byVector));
      assert.equal(byFile![0].fileId, 4);
      for (const [at, { similarity }] of byFile!.entries()) {
        assert.ok(Math.abs(similarity - byVector[at].similarity) < 1e-6);
      }
      assert.deepEqual(ids((await index.searchLike(4, 3, { among: [1, 9, 6] }))!), [6, 1, 9]);
      assert.deepEqual(await index.searchLike(4, 0), []);
    });

    it('says when it holds no vector to search by', async () => {
      await index.put([stored(1, 1, axis(0)), stored(2, 2, axis(1))]);
      await index.remove([2]);
      assert.equal(await index.searchLike(2, 5), undefined);
      assert.equal(await index.searchLike(3, 5), undefined);
      await index.put([stored(1, 3, axis(4)), stored(7, 4, axis(4))]);
      assert.deepEqual(ids((await index.searchLike(1, 1, { among: [7] }))!), [7], 'by the newest');
    });

    it('gives each of many searches at once its own answer', async () => {
      await index.put(Array.from({ length: DIMS }, (_, i) => stored(i + 1, i + 1, axis(i))));
      const asked = Array.from({ length: DIMS }, (_, i) => i + 1);
      const found = await Promise.all(
        asked.map((id) => (id % 2 ? index.searchLike(id, 1) : index.search(axis(id - 1), 1))),
      );
      assert.deepEqual(
        found.map((matches) => matches![0].fileId),
        asked,
      );
    });

    it('lists what it holds', async () => {
      await index.put([stored(3, 7, axis(0)), stored(1, 8, axis(1)), stored(2, 9, axis(2))]);
      await index.remove([1]);
      const keys = (await index.keys()).sort((a, b) => a.fileId - b.fileId);
      assert.deepEqual(keys, [
        { fileId: 2, seq: 9 },
        { fileId: 3, seq: 7 },
      ]);
    });

    it('forgets everything', async () => {
      await index.put([stored(1, 5, axis(0))]);
      await index.save();
      await index.clear();
      assert.deepEqual(await index.search(axis(0), 5), []);
      const { size, lastSeq, bytesOnDisk } = await index.status();
      assert.deepEqual({ size, lastSeq, bytesOnDisk }, { size: 0, lastSeq: 0, bytesOnDisk: 0 });
      await index.put([stored(1, 2, axis(0))]);
      assert.equal((await index.status()).size, 1);
    });

    const bad: Array<[what: string, item: StoredVector]> = [
      ['a NaN', stored(5, 9, axis(0).fill(Number.NaN, 3, 4))],
      ['an infinite number', stored(5, 9, axis(0).fill(1e30, 3, 4))],
      ['only zeros', stored(5, 9, new Float32Array(DIMS))],
      ['a number too few', stored(5, 9, axis(0).subarray(1))],
      ['twice the numbers', stored(5, 9, new Float32Array(2 * DIMS).fill(0.1))],
    ];
    for (const [what, item] of bad) {
      it(`refuses a vector with ${what}, and the rest of its call with it`, async () => {
        await index.put([stored(1, 1, axis(0))]);
        const refused = index.put([stored(2, 2, axis(0)), item, stored(3, 3, axis(0))]);
        await assert.rejects(refused, { name: 'SimilarError', code: 'BAD_VECTOR', details: { fileId: 5 } });
        assert.deepEqual(ids(await index.search(axis(0), 5)), [1]);
      });
    }

    it('refuses queries and numbers that mean nothing', async () => {
      await index.put([stored(1, 1, axis(0))]);
      const invalid = { name: 'SimilarError', code: 'INVALID_PARAMETER' };
      await assert.rejects(index.search(axis(0).fill(Number.NaN, 1, 2), 1), invalid);
      await assert.rejects(index.search(new Float32Array(DIMS), 1), invalid);
      await assert.rejects(index.search(axis(0).subarray(2), 1), invalid);
      await assert.rejects(index.search(axis(0), -1), invalid);
      await assert.rejects(index.searchLike(1.5, 1), invalid);
      await assert.rejects(index.searchLike(1, -1), invalid);
      await assert.rejects(index.search(axis(0), 1.5), invalid);
      await assert.rejects(index.put([stored(1.5, 2, axis(0))]), invalid);
      await assert.rejects(index.remove([Number.NaN]), invalid);
    });

    it('refuses work once it is closed', async () => {
      await index.put([stored(1, 1, axis(0))]);
      await index.close();
      await assert.rejects(index.search(axis(0), 1), { code: 'INDEX_UNAVAILABLE' });
      await assert.rejects(index.searchLike(1, 1), { code: 'INDEX_UNAVAILABLE' });
      await assert.rejects(index.put([stored(2, 2, axis(0))]), { code: 'INDEX_UNAVAILABLE' });
      assert.equal((await index.status()).state, 'closed');
    });

    it('finds 99 % of the true neighbours among clustered vectors', async () => {
      const draw = createClusters(DIMS, 40, createRandom(7));
      const items = Array.from({ length: 3_000 }, (_, i) => stored(i + 1, i + 1, draw()));
      await index.put(items);
      await graphReady();
      const all = items.map(({ fileId }) => fileId);
      let sum = 0;
      for (let i = 0; i < 100; i++) {
        const query = draw();
        const exact = await index.search(query, 10, { among: all });
        const found = await index.search(query, 10);
        sum += recall(exact, found);
        for (const { fileId, similarity } of found) {
          const truth = exact.find((match) => match.fileId === fileId);
          if (truth) assert.equal(similarity, truth.similarity);
        }
      }
      assert.ok(sum / 100 >= 0.99, `recall ${sum / 100}`);
    });

    it('finds each of many equal pictures', async () => {
      const draw = createClusters(DIMS, 20, createRandom(8));
      const items = Array.from({ length: 600 }, (_, i) => stored(i + 1, i + 1, draw()));
      const equal = Array.from({ length: 300 }, (_, i) => stored(1_001 + i, 1_001 + i, axis(3)));
      await index.put([...items, ...equal]);
      await graphReady();
      const matches = await index.search(axis(3), 20);
      assert.ok(matches.every(({ similarity, fileId }) => similarity > 0.999_99 && fileId > 1_000));
    });

    copiesSuite(() => ({ index, space: SPACE, reopen: test.reopen }));

    it('keeps its word through 1,000 random steps', async () => {
      const { byGraph } = await takeRandomSteps(index, SPACE, test.reopen);
      if (options.graph) assert.ok(byGraph > 100, `the graph answered ${byGraph} searches`);
    });

    if (options.persistent) {
      it('has everything again after it was closed', async () => {
        const draw = createClusters(DIMS, 10, createRandom(3));
        await index.put(Array.from({ length: 700 }, (_, i) => stored(i + 1, i + 1, draw())));
        await index.remove([5, 6]);
        await graphReady();
        const query = draw();
        const before = await index.search(query, 10);
        index = await test.reopen!();
        const status = await index.open(SPACE);
        assert.equal(status.rebuiltBecause, undefined);
        assert.deepEqual(
          { size: status.size, lastSeq: status.lastSeq },
          { size: 698, lastSeq: options.graph ? 100_000 : 700 },
        );
        assert.ok(status.bytesOnDisk > 700 * DIMS * 2);
        assert.deepEqual(await index.search(query, 10), before);
        assert.equal((await index.keys()).length, 698);
      });
    }

    it('does not mix spaces', async () => {
      await index.put([stored(1, 1, axis(0))]);
      const other = { id: 'other@1/lanczos', model: 'other', dims: DIMS };
      assert.equal((await index.open(other)).size, 0);
      assert.deepEqual(await index.search(axis(0), 5), []);
    });
  });
}
