import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMapGroups, type MapGroupsDeps } from '../../../server/src/services/map-groups';

/** The shop has one type with pictures only. */
test('what entries of more than one type use is told apart from what those of one use', async () => {
  const used = new Map([
    [1, ['api::a.a']],
    [2, ['api::b.b', 'api::a.a']],
    [3, ['api::a.a']],
    [4, ['api::b.b']],
  ]);
  const groups = createMapGroups({
    strapi: { getModel: (uid: string) => ({ info: { displayName: uid === 'api::a.a' ? 'Article' : 'Book' } }) },
    core: () => ({
      map: { state: async () => ({ spots: new Map([5, 4, 3, 2, 1].map((id) => [id, { x: id, y: 0 }])) }) },
    }),
    titles: { usedBy: async () => new Map([...used].map(([id, uids]) => [id, new Set(uids)])) },
  } as unknown as MapGroupsDeps);
  const { groups: found } = await groups.find('type', {
    can: async () => true,
    filters: async () => undefined,
  } as never);
  assert.deepEqual(found, [
    { value: 'api::a.a', label: 'Article', count: 2 },
    { value: 'api::b.b', label: 'Book', count: 1 },
    { value: 'several', count: 1 },
    { value: 'none', count: 1 },
  ]);
});
