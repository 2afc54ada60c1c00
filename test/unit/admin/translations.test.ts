import assert from 'node:assert/strict';
import { test } from 'node:test';
import german from '../../../admin/src/translations/de.json';
import english from '../../../admin/src/translations/en.json';

/** The values that a text is given: `{count, plural, …}` is one of `count`. */
const valuesOf = (text: string) => [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name))].sort();

test('each text is there in both languages, with the same values', () => {
  assert.deepEqual(Object.keys(german).sort(), Object.keys(english).sort());
  for (const [id, text] of Object.entries(english)) {
    assert.ok(text.trim() && german[id as keyof typeof german].trim(), id);
    assert.deepEqual(valuesOf(german[id as keyof typeof german]), valuesOf(text), id);
  }
});
