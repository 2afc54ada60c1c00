import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsAt, unpackGroups } from '../../../admin/src/map/groups';
import { MOST_GROUPS, packGroups } from '../../../plugin/map/groups';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

test('the largest groups come first, the rest is one, and what is in none comes last', async () => {
  // Group 0 has one picture, group 1 two, and so on.
  const sizes = range(1, MOST_GROUPS + 4);
  const of = new Map(
    sizes.flatMap((size, group) => range(0, size).map((at): [number, string] => [100 * (group + 1) + at, `g${group}`])),
  );
  const ids = [...of.keys(), 7, 5].reverse();
  const labels = new Map([[`g${sizes.length - 1}`, 'Largest']]);
  const packed = await packGroups(ids, { groupOf: of, labels });
  assert.deepEqual(packed.groups, [
    { value: 'g8', label: 'Largest', count: 9 },
    { value: 'g7', count: 8 },
    { value: 'g6', count: 7 },
    { value: 'g5', count: 6 },
    { value: 'g4', count: 5 },
    { value: 'g3', count: 4 },
    { value: 'other', count: 1 + 2 + 3 },
    { value: 'none', count: 2 },
  ]);

  const unpacked = unpackGroups(packed);
  const kindOf = (id: number) => packed.groups[unpacked.get(id) as number].value;
  assert.deepEqual(
    [...unpacked.keys()],
    ids.toSorted((a, b) => a - b),
  );
  for (const [id, value] of of) assert.equal(kindOf(id), Number(value.slice(1)) > 2 ? value : 'other');
  assert.equal(kindOf(5), 'none');
  const points = { ids: [5, 6, 900], x: new Float32Array(3), y: new Float32Array(3) };
  assert.deepEqual([...groupsAt(points, unpacked)], [7, 255, 0], 'one that came after the answer has no group yet');
});

test('without a rest, and without any picture', async () => {
  const one = await packGroups([3], { groupOf: new Map([[3, 'a']]) });
  assert.deepEqual(one.groups, [{ value: 'a', count: 1 }]);
  assert.deepEqual(await packGroups([], { groupOf: new Map() }), { groups: [], gaps: [], places: '' });
});
