import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfCopy, originalOf } from '../../../plugin/same-photo/picture-digest';
import { verdictOf } from '../../../plugin/search/photo-verdicts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
const verdict = (a: string, b: string) => verdictOf({ digest: a }, { digest: b }, 1);

test('pictures are identical by the bytes of their originals, whatever was embedded', () => {
  assert.equal(verdict(A, A), 'identical');
  assert.equal(verdict(A, digestOfCopy(C, A)), 'identical', 'a picture that was sent and a copy in the library');
  assert.equal(verdict(digestOfCopy(B, A), digestOfCopy(C, A)), 'identical');
  assert.equal(verdict(digestOfCopy(C, A), digestOfCopy(C, B)), 'similar', 'only the copies have the same bytes');
});

test('originals that nobody has read are not called identical', () => {
  assert.equal(originalOf(digestOfCopy(C, undefined)), undefined);
  assert.equal(verdict(digestOfCopy(C, undefined), digestOfCopy(C, undefined)), 'similar');
  assert.equal(verdict(C, digestOfCopy(C, undefined)), 'similar');
});

test('the digest of a copy changes with either file, and takes no more room than a SHA-256', () => {
  const digests = [digestOfCopy(A, B), digestOfCopy(A, C), digestOfCopy(B, A), digestOfCopy(A, undefined), A];
  assert.equal(new Set(digests).size, digests.length);
  assert.ok(digests.every(({ length }) => length <= 64));
});
