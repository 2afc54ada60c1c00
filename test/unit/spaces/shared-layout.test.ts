import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSharedLayout } from '../../../plugin/spaces/shared-layout';
import { createMemoryRecords } from '../../helpers/memory-records';

function twoNodes() {
  const records = createMemoryRecords();
  return [createSharedLayout(records, 'a@1'), createSharedLayout(records, 'a@1')];
}

test('nodes see the cancels of each other, and none is lost', async () => {
  const [one, other] = twoNodes();
  const before = (await one.read()).turn;
  await Promise.all([one.cancel(), other.cancel()]);
  assert.equal((await one.read()).turn, before + 2);
  await other.keep();
  assert.equal((await one.read()).held, true);
  await one.release();
  assert.deepEqual(await other.read(), await one.read());
  assert.equal((await other.read()).held, false);
});

test('the map of another space is another one', async () => {
  const records = createMemoryRecords();
  const [old, other] = ['a@1', 'b@1'].map((space) => createSharedLayout(records, space));
  await old.cancel();
  await old.keep();
  const { turn } = await old.read();
  await old.report(turn, { share: 0.5 });
  const { held, elsewhere } = await other.read();
  assert.deepEqual([held, elsewhere], [false, undefined]);
  assert.equal(await other.report(0, { share: 0.1 }), true);
  assert.equal(await old.report(turn, { share: 0.6 }), true, 'is not cancelled by a layout of another space');
});

test('a node tells the others how far it is, until it ends or says nothing any more', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
  const [one, other] = twoNodes();
  await one.report(0, { share: 0.25 });
  assert.deepEqual((await other.read()).elsewhere, { share: 0.25, secondsLeft: undefined });
  assert.equal((await one.read()).elsewhere, undefined, 'it knows better itself');
  await one.report(0, { share: 0.5, secondsLeft: 9 });
  assert.deepEqual((await other.read()).elsewhere, { share: 0.5, secondsLeft: 9 });
  await other.end();
  assert.ok((await other.read()).elsewhere, 'a node ends its own only');
  await one.end();
  assert.equal((await other.read()).elsewhere, undefined);
  await one.report(0, { share: 0.5 });
  t.mock.timers.tick(31_000);
  assert.equal((await other.read()).elsewhere, undefined);
  assert.equal(await other.cancel(), false, 'it has ended');
});

test('a cancel says whether it ends what another node is at, and that node learns of it', async () => {
  const [one, other] = twoNodes();
  assert.equal(await other.cancel(), false);
  const { turn } = await one.read();
  assert.equal(await one.report(turn, { share: 0.5 }), true);
  assert.equal(await other.cancel(), true);
  assert.equal((await other.read()).elsewhere, undefined);
  assert.equal(await one.report(turn, { share: 0.6 }), false);
  assert.equal((await other.read()).elsewhere, undefined, 'what is cancelled is not told of any more');
  const next = (await one.read()).turn;
  assert.equal(await one.report(next, { share: 1 }, true), true);
  assert.equal(await other.cancel(), false, 'it is about to be kept');
  assert.ok((await other.read()).elsewhere, 'until it is');
});
