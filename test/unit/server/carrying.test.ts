import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimilarError } from '../../../plugin/errors';
import { createCarrying } from '../../../server/src/carry/carrying';

test('whoever saved settings at the same moment ends the import before a rule is written', async () => {
  const entry = (documentId: string) => ({ type: 'api::product.product', documentId });
  let wasWritten = false;
  const carrying = createCarrying({
    names: {
      of: async () => new Map(),
      find: async () => new Map([['api::product.product a', { documentId: 'a' }]]),
    },
    titles: { of: async () => new Map() },
    rows: {
      all: async () => [],
      change: async (plan) => {
        wasWritten = true;
        return plan([]);
      },
    },
    settings: {
      stored: async () => ({ revision: 1, settings: {} }),
      check: async () => undefined,
      isFixed: () => false,
      change: async () => {
        throw new SimilarError('SETTINGS_CHANGED', 'Somebody else has changed the settings meanwhile');
      },
    },
    rules: { changedElsewhere: async () => undefined },
  });
  const file = { settings: { 'thresholds.similar': 0.4 }, rules: [{ kind: 'hide' as const, target: entry('a') }] };
  const options = { replace: false, dryRun: false };
  await assert.rejects(carrying.import(file, { ...options, only: ['settings', 'rules'] }), {
    code: 'SETTINGS_CHANGED',
  });
  assert.equal(wasWritten, false);
  // Of the rules alone nobody is in the way.
  assert.equal((await carrying.import(file, { ...options, only: ['rules'] })).rules?.added.length, 1);
  assert.equal(wasWritten, true);
});
