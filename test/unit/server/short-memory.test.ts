import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShortMemory } from '../../../server/src/util/short-memory';

test('remembers for its time, and until it is told to forget', () => {
  let now = 0;
  const memory = new ShortMemory<string, string>(1_000, 10, () => now);
  memory.keeper()('a', 'first');
  now = 999;
  assert.equal(memory.get('a'), 'first');
  now = 1_000;
  assert.equal(memory.get('a'), undefined);
  memory.keeper()('a', 'second');
  memory.forget();
  assert.equal(memory.get('a'), undefined);
});

test('what was asked before something changed is not kept', () => {
  const memory = new ShortMemory<string, string>(1_000, 10);
  const keep = memory.keeper();
  memory.forget();
  keep('a', 'of before');
  assert.equal(memory.get('a'), undefined);
});

test('never holds more than it may', () => {
  const memory = new ShortMemory<string, number>(1_000, 3);
  const keep = memory.keeper();
  for (let i = 0; i < 10; i++) keep(String(i), i);
  assert.equal([...Array(10).keys()].filter((i) => memory.get(String(i)) !== undefined).length, 1);
});
