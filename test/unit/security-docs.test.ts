import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page, tableBelow } from '../helpers/markdown';

test('SECURITY.md names the licence of every dependency, and no other', () => {
  const rows = tableBelow(page('SECURITY.md'), 'Licences of what is shipped');
  const named = rows.flatMap(([names]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const { dependencies, optionalDependencies } = JSON.parse(page('package.json'));
  assert.deepEqual(named.toSorted(), Object.keys({ ...dependencies, ...optionalDependencies }).toSorted());
});
