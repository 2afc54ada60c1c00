import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proposalOf } from '../../../admin/src/fill/proposal';
import type { AdminItem } from '../../../plugin/contracts/admin';

const item = (documentId: string, similarity: number | null, source: AdminItem['source'] = 'visual') =>
  ({ documentId, similarity, source }) as AdminItem;

const similar = [
  item('pin', null, 'pinned'),
  item('a', 0.9),
  item('b', 0.8),
  item('c', 0.4),
  item('new', null, 'fallback'),
];

const proposed = (related: string[], count: number, least = 0, without: string[] = []) =>
  proposalOf({ related, similar }, { count, least, without }).map(({ documentId }) => documentId);

test('an entry gets as many items as it lacks, the most similar ones, and never those that only fill a list', () => {
  assert.deepEqual(proposed([], 2), ['pin', 'a']);
  assert.deepEqual(proposed(['x'], 2), ['pin']);
  assert.deepEqual(proposed(['x', 'y', 'z'], 2), []);
  assert.deepEqual(proposed([], 10), ['pin', 'a', 'b', 'c']);
});

test('what is less alike than wanted is left out, but for what somebody has pinned', () => {
  assert.deepEqual(proposed([], 10, 0.8), ['pin', 'a', 'b']);
  assert.deepEqual(proposed([], 10, 0.95), ['pin']);
});

test('nothing moves up for what is struck off', () => {
  assert.deepEqual(proposed([], 2, 0, ['pin']), ['a']);
});
