import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pinsFor, placed } from '../../../admin/src/utils/pins';

const ORDER = ['a', 'b', 'c', 'd'];

/** As the server shows them: what is not pinned in its order, each pin put in at its place, the earlier one first. */
function shown(order: readonly string[], pins: Array<{ target: string; place: number }>): string[] {
  const list = order.filter((one) => !pins.some(({ target }) => target === one));
  for (const { target, place } of pins.toSorted((a, b) => a.place - b.place)) list.splice(place - 1, 0, target);
  return list;
}

const merged = (pins: Array<{ target: string; place: number }>, set: Array<{ target: string; place: number }>) => [
  ...pins.filter(({ target }) => !set.some((one) => one.target === target)),
  ...set,
];

test('an item is put anywhere in the list', () => {
  assert.deepEqual(placed(ORDER, 'c', 0), ['c', 'a', 'b', 'd']);
  assert.deepEqual(placed(ORDER, 'a', 3), ['b', 'c', 'd', 'a']);
  assert.deepEqual(placed(ORDER, 'x', 0), ['x', ...ORDER]);
});

test('the first pin is set alone, and others that it pushes down with it', () => {
  assert.deepEqual(pinsFor(placed(ORDER, 'c', 2), [], 'c'), [{ target: 'c', place: 3 }]);
  const pins = [{ target: 'a', place: 1 }];
  assert.deepEqual(pinsFor(placed(ORDER, 'c', 0), pins, 'c'), [
    { target: 'c', place: 1 },
    { target: 'a', place: 2 },
  ]);
});

test('wherever a pin goes, the list is shown so, also where pins had one place or one beyond the list', () => {
  for (const pins of [
    [{ target: 'a', place: 1 }],
    [
      { target: 'b', place: 1 },
      { target: 'a', place: 1 },
    ],
    [
      { target: 'a', place: 1 },
      { target: 'd', place: 90 },
    ],
  ]) {
    const before = shown(ORDER, pins);
    for (const target of ORDER) {
      for (const to of ORDER.keys()) {
        const wanted = placed(before, target, to);
        assert.deepEqual(shown(ORDER, merged(pins, pinsFor(wanted, pins, target))), wanted, `${target} to ${to}`);
      }
    }
  }
});
