import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filledAttributes, unsavedValues } from '../../../admin/src/propose/form-values';

const ATTRIBUTES = {
  name: { type: 'string' },
  season: { type: 'enumeration' },
  category: { type: 'relation', relation: 'manyToOne' },
  related: { type: 'relation', relation: 'oneToMany' },
};
const connect = (...ids: string[]) => ids.map((documentId) => ({ id: 1, apiData: { documentId } }));

test('the form knows its enumerations, and of relations only what changed', () => {
  assert.deepEqual(unsavedValues(ATTRIBUTES, { name: 'Plum', season: 'autumn' }), { season: 'autumn' });
  assert.deepEqual(unsavedValues(ATTRIBUTES, { season: '', category: { connect: connect('a', 'b') } }), {
    season: null,
    category: 'b',
  });
});

test('a relation that was emptied has nothing; one that was exchanged has the new one', () => {
  const disconnect = [{ id: 7 }];
  assert.deepEqual(unsavedValues(ATTRIBUTES, { category: { connect: [], disconnect } }), {
    season: null,
    category: null,
  });
  assert.equal(unsavedValues(ATTRIBUTES, { category: { connect: connect('b'), disconnect } }).category, 'b');
});

test('relations to many entries say nothing of the kind of an entry', () => {
  assert.deepEqual(filledAttributes(ATTRIBUTES, { season: 'autumn', related: { connect: connect('c') } }), ['season']);
});
