import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestOf, type Pictured } from '../../../admin/src/merge/best-picture';
import { fieldWords } from '../../../admin/src/merge/field-words';

const picture = (id: number, more: Partial<Pictured> = {}): Pictured => ({
  ...{ id, documentId: `d${id}`, name: `${id}.jpg`, url: `/${id}.jpg`, thumbnail: `/${id}.jpg` },
  ...{ bytes: 100, width: 10, height: 10, usages: [], usageCount: 0 },
  ...more,
});
const best = (...pictures: Pictured[]) => {
  const { picture, because } = bestOf(pictures);
  return [picture.id, because];
};

test('the best copy has most pixels, then most bytes, then most usages, and then it is the oldest', () => {
  assert.deepEqual(best(picture(1, { bytes: 900, usageCount: 9 }), picture(2, { width: 11 })), [2, 'pixels']);
  assert.deepEqual(best(picture(1, { usageCount: 9 }), picture(2, { bytes: 101 })), [2, 'bytes']);
  assert.deepEqual(best(picture(1), picture(2, { usageCount: 1 })), [2, 'usages']);
  assert.deepEqual(best(picture(3), picture(2)), [2, 'oldest']);
});

test('what is less in one thing does not count in the next', () => {
  const large = { width: 20 };
  assert.deepEqual(best(picture(1, { bytes: 999 }), picture(2, large), picture(3, large)), [2, 'oldest']);
  assert.deepEqual(best(picture(1, { width: undefined }), picture(2)), [2, 'pixels'], 'no size is known of an SVG');
});

test('a path is said in words, and places count from 1', () => {
  for (const [path, words] of [
    ['cover', 'Cover'],
    ['mainImage', 'Main image'],
    ['seo_image', 'Seo image'],
    ['cards.1.photo.picture', 'Cards 2 › Photo › Picture'],
    ['zone.0.extra', 'Zone 1 › Extra'],
  ])
    assert.equal(fieldWords(path), words);
});
