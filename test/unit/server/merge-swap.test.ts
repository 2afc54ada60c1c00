import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSwap, type SwapFile } from '../../../server/src/merge/swap';

const kept: SwapFile = {
  ...{ id: 1, documentId: 'k', name: 'kept.jpg', hash: 'kept_1', url: '/uploads/kept_1.jpg' },
  formats: { thumbnail: { url: '/uploads/thumbnail_kept_1.jpg' } },
};
const removed: SwapFile = {
  ...{ id: 2, documentId: 'r', name: 'gone.jpg', hash: 'gone_2', url: '/uploads/gone_2.jpg' },
  formats: {
    thumbnail: { url: '/uploads/thumbnail_gone_2.jpg' },
    small: { url: '/uploads/small_gone_2.jpg' },
  },
};

test('every address of the file in a text becomes that of the other one', () => {
  const { text } = createSwap(kept, removed);
  for (const [before, after] of [
    ['![a](/uploads/gone_2.jpg)', '![a](/uploads/kept_1.jpg)'],
    [
      '<img src="https://cdn.example/uploads/gone_2.jpg?w=1">',
      '<img src="https://cdn.example/uploads/kept_1.jpg?w=1">',
    ],
    [
      '/uploads/thumbnail_gone_2.jpg 1x, /uploads/gone_2.jpg 2x',
      '/uploads/thumbnail_kept_1.jpg 1x, /uploads/kept_1.jpg 2x',
    ],
    ['a size that the other has not: /uploads/small_gone_2.jpg', 'a size that the other has not: /uploads/kept_1.jpg'],
    ['/uploads/other_3.jpg $& $1', '/uploads/other_3.jpg $& $1'],
  ]) {
    assert.equal(text(before), after);
  }
});

test('between an upload provider and the own disk, the host goes or comes along', () => {
  const away = { ...removed, url: 'https://cdn.example/x/gone_2.jpg', formats: null };
  assert.equal(createSwap(kept, away).text('(https://cdn.example/x/gone_2.jpg)'), '(/uploads/kept_1.jpg)');
  const back = createSwap({ ...kept, url: 'https://cdn.example/x/kept_1.jpg' }, removed);
  assert.equal(back.text('(http://localhost:1337/uploads/gone_2.jpg)'), '(https://cdn.example/x/kept_1.jpg)');
});

test('an image of blocks gets the values of the other file, and keeps the words of its author', () => {
  const image = { name: 'gone.jpg', hash: 'gone_2', alternativeText: 'mine', formats: removed.formats, extra: 1 };
  const url = 'http://localhost:1337/uploads/gone_2.jpg';
  const swap = createSwap({ ...kept, alternativeText: 'of the file' }, removed);
  const [block, paragraph] = swap.json([
    { type: 'image', image: { ...image, url } },
    { link: '/uploads/gone_2.jpg' },
  ]) as never[];
  assert.deepEqual(block, {
    type: 'image',
    image: {
      ...{ name: 'kept.jpg', hash: 'kept_1', alternativeText: 'mine', formats: kept.formats, extra: 1 },
      url: 'http://localhost:1337/uploads/kept_1.jpg',
    },
  });
  assert.deepEqual(paragraph, { link: '/uploads/kept_1.jpg' });
});

test('an address that is none of the file’s own is noticed', () => {
  const { text, isNamedIn } = createSwap(kept, removed);
  const odd = 'https://images.example/resize/400/gone_2.webp';
  assert.equal(text(odd), odd);
  assert.ok(isNamedIn(odd));
  assert.ok(!isNamedIn(text('/uploads/gone_2.jpg')));
});
