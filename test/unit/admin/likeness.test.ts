import assert from 'node:assert/strict';
import { test } from 'node:test';
import { likenessOf } from '../../../admin/src/utils/likeness';

test('a cosine is called by the thresholds that are set', () => {
  const levels = { alike: 0.65, veryAlike: 0.9 };
  for (const [similarity, word] of [
    [1, 'very'],
    [0.9, 'very'],
    [0.899, 'alike'],
    [0.65, 'alike'],
    [0.649, 'loosely'],
    [-0.2, 'loosely'],
  ] as const) {
    assert.equal(likenessOf(similarity, levels), `likeness.${word}`);
  }
  assert.equal(likenessOf(0.8, { alike: 0.5, veryAlike: 0.7 }), 'likeness.very');
});
