import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, SimilarError } from '../../../plugin/errors';
import type { AdminAccess } from '../../../server/src/access/admin';
import { createProposePictures, type ProposePicturesDeps } from '../../../server/src/propose/pictures';

const SIBLING = 1;
const ALIKE = 2;
const picture = (id: number) => ({ id, name: `${id}.jpg` });

/** A library of two pictures: one of a sibling, and one that looks like it. Searches with words fail. */
function proposing(siblings: number[], code: ErrorCode) {
  const search = (q: string | undefined) => {
    if (q) throw new SimilarError(code, `No vector of ${q}`);
    return { items: [{ picture: picture(ALIKE) }] };
  };
  const deps = {
    find: {
      itemsForPictures: async (_ids: number[], _entry: undefined, { q }: { q?: string }) => search(q),
      itemsForWords: async (q: string) => search(q),
    },
    knowsWords: () => true,
    levels: () => ({ alike: 0.5, veryAlike: 0.8 }),
    typeNamed: async () => ({ uid: 'api::page.page', paths: [['cover']] }),
    siblings: { pictures: async () => siblings },
    relations: { owners: async () => new Map([['api::page.page', new Map([[1, siblings]])]]) },
    adminFiles: { pictures: async (ids: number[]) => new Map(ids.map((id) => [id, picture(id)])) },
  };
  const access = { can: async () => true } as unknown as AdminAccess;
  const { pictures } = createProposePictures(deps as unknown as ProposePicturesDeps);
  return (title: string) => pictures({ type: 'api::page.page', title }, access);
}

test('a title that the model has no tokens for leaves what siblings show', async () => {
  const { pictures, ...how } = await proposing([SIBLING], 'INVALID_PARAMETER')('???');
  assert.deepEqual(how, { siblings: 1, words: false, wordsUnready: false });
  assert.deepEqual(
    pictures.map(({ id, unused }) => [id, unused]),
    [
      [ALIKE, true],
      [SIBLING, false],
    ],
  );
  const none = await proposing([], 'INVALID_PARAMETER')('???');
  assert.deepEqual(none, { pictures: [], siblings: 0, words: false, wordsUnready: false });
});

test('a title that cannot be searched for yet is said to be so', async () => {
  const { words, wordsUnready } = await proposing([SIBLING], 'WORDS_UNREADY')('a tree');
  assert.deepEqual([words, wordsUnready], [false, true]);
});

test('what has nothing to do with words is said', async () => {
  const asked = proposing([SIBLING], 'INDEX_UNAVAILABLE')('a tree');
  await assert.rejects(asked, { code: 'INDEX_UNAVAILABLE' });
});
