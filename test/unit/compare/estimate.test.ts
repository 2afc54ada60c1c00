import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EstimateOptions, estimateOf } from '../../../plugin/compare/estimate';

const given: EstimateOptions = {
  pictures: 100_000,
  embedded: 200,
  embedMs: 4_000,
  dims: 2_048,
  indexDims: 2_048,
  index: { kind: 'usearch', bytesOnDisk: 0, vectors: 0, dims: 1_280 },
};
const MIB = 2 ** 20;

test('a build takes as long as the sample did, for each picture', () => {
  assert.equal(estimateOf(given)?.seconds, 2_000);
  assert.equal(estimateOf({ ...given, pictures: 0 })?.seconds, 0);
  assert.equal(estimateOf({ ...given, embedded: 0 }), undefined);
});

test('the database holds vector and miniature: what docs/scaling.md says of ResNet50 and of the bundled model', () => {
  const kilobytes = (dims: number) => (estimateOf({ ...given, dims })?.databaseBytes ?? 0) / given.pictures / 1_000;
  assert.equal(kilobytes(2_048).toFixed(1), '5.6');
  assert.equal(kilobytes(1_280).toFixed(0), '4');
});

test('without an index to measure, its bytes are those measured in docs/scaling.md', () => {
  const measured: Array<[kind: string, dims: number, pictures: number, mebibytes: number]> = [
    ['usearch', 256, 100_000, 91],
    ['usearch', 1_280, 100_000, 384],
    ['pgvector', 256, 100_000, 151],
    ['pgvector', 1_280, 10_000, 68],
    ['weaviate', 256, 100_000, 321],
    ['weaviate', 1_280, 10_000, 66],
  ];
  for (const [kind, indexDims, pictures, mebibytes] of measured) {
    const found = estimateOf({ ...given, pictures, indexDims, index: { ...given.index, kind } });
    const off = (found?.indexBytes ?? 0) / MIB / mebibytes;
    assert.ok(Math.abs(off - 1) < 0.03, `${kind} ${indexDims}: ${off}`);
  }
});

test('the index that is there is the yardstick', () => {
  const small = estimateOf({ ...given, indexDims: 1_280 })?.indexBytes ?? 0;
  const index = { kind: 'usearch', bytesOnDisk: 2 * small, vectors: 100_000, dims: 1_280 };
  assert.equal(estimateOf({ ...given, indexDims: 1_280, index })?.indexBytes, 2 * small);
  // One that has hardly begun says nothing.
  assert.equal(estimateOf({ ...given, indexDims: 1_280, index: { ...index, vectors: 3 } })?.indexBytes, small);
});
