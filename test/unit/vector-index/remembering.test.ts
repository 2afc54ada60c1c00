import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileId, VectorIndex } from '../../../plugin/ports';
import { createExactIndex } from '../../../plugin/vector-index/exact';
import { rememberLikes } from '../../../plugin/vector-index/remembering';
import { stored } from '../../helpers/vectors';

const SPACE = { id: 'test@1/lanczos', model: 'test', dims: 2 };
const at = (fileId: FileId, degrees: number, seq = fileId) => {
  const angle = (degrees * Math.PI) / 180;
  return stored(fileId, seq, Float32Array.of(Math.cos(angle), Math.sin(angle)));
};

/** An exact index that counts what it is asked, behind one that remembers. */
async function remembering(maxMatches?: number) {
  const exact = createExactIndex();
  const asked: string[] = [];
  let answered: () => Promise<void> = async () => {};
  const counting: VectorIndex = {
    ...exact,
    async searchLike(fileId, k, options) {
      asked.push(`${fileId} ${k}`);
      const found = await exact.searchLike(fileId, k, options);
      await answered();
      return found;
    },
  };
  const index = rememberLikes(counting, maxMatches);
  await index.open(SPACE);
  await index.put([at(1, 0), at(2, 10), at(3, 20)]);
  const like = async (fileId: FileId, k = 2) => (await index.searchLike(fileId, k))?.map((match) => match.fileId);
  return {
    index,
    asked,
    like,
    /** What happens after an answer was found and before it arrives. */
    meanwhile(work: () => Promise<void>) {
      answered = async () => {
        answered = async () => {};
        await work();
      };
    },
  };
}

test('asks once for what was asked before, and does not mix numbers of results', async () => {
  const { like, asked } = await remembering();
  assert.deepEqual(await like(1), [1, 2]);
  assert.deepEqual(await like(1), [1, 2]);
  assert.deepEqual(await like(1, 3), [1, 2, 3]);
  assert.deepEqual(asked, ['1 2', '1 3']);
});

test('what comes, changes or goes is in the next answer', async () => {
  const { index, like } = await remembering();
  await like(1);
  await index.put([at(4, 5)]);
  assert.deepEqual(await like(1), [1, 4]);
  await index.remove([4]);
  assert.deepEqual(await like(1), [1, 2]);
  await index.put([at(2, 90, 10)]);
  assert.deepEqual(await like(1), [1, 3]);
  await index.clear();
  assert.equal(await like(1), undefined);
});

test('an answer that a change has overtaken is not kept', async () => {
  const { index, like, meanwhile } = await remembering();
  meanwhile(() => index.remove([2]));
  await like(1);
  assert.deepEqual(await like(1), [1, 3]);
});

test('that no vector is held is asked again', async () => {
  const { like, asked } = await remembering();
  assert.equal(await like(9), undefined);
  assert.equal(await like(9), undefined);
  assert.deepEqual(asked, ['9 2', '9 2']);
});

test('a caller that changes its answer changes no other', async () => {
  const { index, like } = await remembering();
  await like(1);
  (await index.searchLike(1, 2))?.pop();
  assert.deepEqual(await like(1), [1, 2]);
});

test('holds no more matches than it may: those not asked for the longest time go', async () => {
  const { like, asked } = await remembering(4);
  await like(1);
  await like(2);
  await like(1);
  await like(3);
  asked.length = 0;
  await like(1);
  assert.deepEqual(asked, []);
  await like(2);
  assert.deepEqual(asked, ['2 2']);
});
