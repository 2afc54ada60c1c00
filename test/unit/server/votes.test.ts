import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreement } from '../../../server/src/propose/votes';

const ballots = (...said: Array<[choice: string, weight: number]>) =>
  said.map(([choice, weight]) => ({ choice, weight }));

test('what most look-alikes say is proposed, with how many say it', () => {
  assert.deepEqual(agreement(ballots(['fruit', 0.9], ['fruit', 0.8], ['tool', 0.7])), {
    choice: 'fruit',
    votes: 2,
    of: 3,
  });
});

test('one alone is chance, and nobody says nothing', () => {
  assert.equal(agreement([]), undefined);
  assert.equal(agreement(ballots(['fruit', 0.9])), undefined);
});

test('where they disagree there is nothing to propose', () => {
  assert.equal(agreement(ballots(['fruit', 0.9], ['tool', 0.9], ['fruit', 0.8], ['tool', 0.8])), undefined);
});

test('the closer ones count more', () => {
  const said = ballots(['fruit', 1], ['fruit', 1], ['tool', 0.5], ['tool', 0.5]);
  assert.equal(agreement(said)?.choice, 'fruit');
  const reversed = said.map(({ choice, weight }) => ({ choice, weight: 1.5 - weight }));
  assert.equal(agreement(reversed)?.choice, 'tool');
});
