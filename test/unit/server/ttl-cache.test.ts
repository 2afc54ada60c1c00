import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TtlCache } from '../../../server/src/search/ttl-cache';

test('remembers for its time, and until it is told to forget', () => {
  let now = 0;
  const memory = new TtlCache<string, string>(1_000, 10, () => now);
  memory.begin()('a', 'first');
  now = 999;
  assert.equal(memory.get('a'), 'first');
  now = 1_000;
  assert.equal(memory.get('a'), undefined);
  memory.begin()('a', 'second');
  memory.forget();
  assert.equal(memory.get('a'), undefined);
});

test('what was asked before something changed is not kept', () => {
  const memory = new TtlCache<string, string>(1_000, 10);
  const keep = memory.begin();
  memory.forget();
  keep('a', 'of before');
  assert.equal(memory.get('a'), undefined);
});

test('never holds more than it may', () => {
  const memory = new TtlCache<string, number>(1_000, 3);
  const keep = memory.begin();
  for (let i = 0; i < 10; i++) keep(String(i), i);
  assert.equal([...Array(10).keys()].filter((i) => memory.get(String(i)) !== undefined).length, 1);
});
