import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createNewPictures, type NewPictures } from '../../../plugin/pipeline/new-pictures';
import { createParts, type Parts, SPACE } from '../../helpers/pipeline';

let parts: Parts;
let pictures: NewPictures;
beforeEach(async () => {
  parts = await createParts();
  const { store, media } = parts;
  pictures = createNewPictures({ space: SPACE, store, media, pageSize: 2 });
  for (const id of [1, 2]) media.files.set(id, 'known');
});
afterEach(() => parts.close());

const queued = async () => (await parts.store.list(SPACE.id, 0, 100)).map(({ fileId }) => fileId);

test('what came without a hook is queued at the second look, all of it in the end', async () => {
  pictures.seenUpTo(2);
  for (const id of [3, 4, 5]) parts.media.files.set(id, 'transferred');
  assert.equal(await pictures.look(), 0, 'a hook may be about to tell of them');
  assert.equal(await pictures.look(), 2);
  assert.deepEqual(await queued(), [3, 4]);
  await pictures.look();
  assert.equal(await pictures.look(), 1);
  assert.deepEqual(await queued(), [3, 4, 5]);
  assert.equal(await pictures.look(), 0);
});

test('what a hook has told of is left alone', async () => {
  pictures.seenUpTo(2);
  parts.media.files.set(3, 'uploaded');
  await pictures.look();
  await parts.store.enqueue(SPACE.id, [3]);
  const [before] = await parts.store.claim(SPACE.id, 1, 1_000);
  await pictures.look();
  await pictures.look();
  const [row] = await parts.store.status(SPACE.id, [3]);
  assert.equal(row.attempts, before.attempts, 'it was not queued again');
});

test('before the first sweep, and when nothing is new, nothing is asked of the queue', async () => {
  parts.store.status = () => assert.fail('asked');
  assert.equal(await pictures.look(), 0);
  pictures.seenUpTo(2);
  assert.equal(await pictures.look(), 0);
});
