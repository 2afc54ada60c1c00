import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formPictures } from '../../../admin/src/panel/form-pictures';

const file = (id: number) => ({ id, mime: 'image/jpeg' });

test('pictures of the form: in galleries, components and dynamic zones, in the order of the paths, each once', () => {
  const values = {
    cover: file(1),
    gallery: [file(2), file(1)],
    seo: { image: file(3) },
    slides: [{ image: file(4) }, { image: null }],
    blocks: [
      { __component: 'shared.slide', image: file(5) },
      { __component: 'shared.quote', image: file(6) },
    ],
  };
  const paths = [['blocks', 'shared.slide', 'image'], ['slides', 'image'], ['seo', 'image'], ['gallery'], ['cover']];
  assert.deepEqual(formPictures(values, paths), [5, 4, 3, 2, 1]);
});

test('nothing where nothing is, or no picture', () => {
  const values = { cover: { id: 1, mime: 'video/mp4' }, seo: null, blocks: [{ __component: 'shared.slide' }] };
  assert.deepEqual(formPictures(values, [['cover'], ['seo', 'image'], ['blocks', 'shared.slide', 'image']]), []);
  assert.deepEqual(formPictures(undefined, [['cover']]), []);
});
