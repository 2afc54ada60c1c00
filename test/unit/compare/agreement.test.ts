import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreementOf, type Judgement, noAgreement } from '../../../plugin/compare/agreement';
import { createSampleRanking } from '../../../plugin/compare/sample-ranking';
import { encodeFloat16 } from '../../../plugin/vectors/float16';

const COUNT = 20;
const ids = Array.from({ length: COUNT }, (_, at) => at + 1);

/** Pictures on a quarter of a circle, in this order: the nearest ones are those beside it. */
function onACircle(order: readonly number[]) {
  const rows = new Uint16Array(2 * COUNT);
  for (const [at, id] of ids.entries()) {
    const angle = (order.indexOf(id) * Math.PI) / 2 / COUNT;
    rows.set(encodeFloat16(Float32Array.of(Math.cos(angle), Math.sin(angle))), 2 * at);
  }
  return { dims: 2, rows };
}

/** The live model has them in their order, the other one has 2 and 19 in each other's place. */
const swapped = ids.map((id) => ({ 2: 19, 19: 2 })[id] ?? id);
const ranking = createSampleRanking(ids, { live: onACircle(ids), other: onACircle(swapped) });
const counts = (kind: Judgement['kind'], asked: number[], shown: number[]) =>
  agreementOf([{ kind, asked, shown }], ranking).then((found) => found[kind]);

test('the nearest by each model, without what is asked about, best first', () => {
  const nearest = (...args: Parameters<typeof ranking.nearest>) => ranking.nearest(...args).map(({ fileId }) => fileId);
  assert.deepEqual(nearest('live', [1], 3), [2, 3, 4]);
  assert.deepEqual(nearest('other', [1], 3), [19, 3, 4]);
  assert.deepEqual(nearest('live', [1, 20], 2), [2, 19]);
  assert.deepEqual(nearest('live', [1], 3, new Set([1, 4, 9])), [4, 9]);
  assert.deepEqual(nearest('live', [99], 3), []);
  const [{ similarity }] = ranking.nearest('live', [1], 1);
  assert.ok(Math.abs(similarity - Math.cos(Math.PI / 2 / COUNT)) < 1e-3);
});

test('a pin is kept where the item is among the first, a hide is not wanted there', async () => {
  assert.deepEqual(await counts('pins', [1], [2]), { of: 1, live: 1, other: 0 });
  assert.deepEqual(await counts('pins', [1], [19]), { of: 1, live: 0, other: 1 });
  assert.deepEqual(await counts('hides', [1], [2]), { of: 1, live: 1, other: 0 });
});

test('the first seven count, and no more', async () => {
  assert.deepEqual(await counts('pins', [1], [8]), { of: 1, live: 1, other: 1 });
  assert.deepEqual(await counts('pins', [1], [9]), { of: 1, live: 0, other: 0 });
});

test('of an entry with several pictures one is enough', async () => {
  assert.deepEqual(await counts('pins', [1, 10], [16, 9]), { of: 1, live: 1, other: 1 });
});

test('pictures judged different should not be among the first, in either direction', async () => {
  assert.deepEqual(await counts('same', [2], [1]), { of: 1, live: 1, other: 0 });
  assert.deepEqual(await counts('different', [2], [1]), { of: 1, live: 0, other: 1 });
});

test('a verdict holds whichever of the two is asked about', async () => {
  // Of 1 and its neighbours, 8 is the seventh; of 8, 1 is the last of fourteen.
  assert.deepEqual(await counts('same', [8], [1]), { of: 1, live: 1, other: 1 });
  assert.deepEqual(await counts('pins', [8], [1]), { of: 1, live: 0, other: 0 });
});

test('what has an end outside the sample does not count', async () => {
  const outside: Judgement[] = [
    { kind: 'pins', asked: [99], shown: [1] },
    { kind: 'hides', asked: [1], shown: [99] },
    { kind: 'same', asked: [], shown: [1] },
    { kind: 'pins', asked: [1], shown: [1] },
  ];
  assert.deepEqual(await agreementOf(outside, ranking), noAgreement());
});
