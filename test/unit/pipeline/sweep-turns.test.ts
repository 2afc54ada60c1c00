import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSweepTurns } from '../../../plugin/pipeline/sweep-turns';

const RESULT = { missing: 0, stale: 0, orphaned: 0 };

/** Sweeps that end when the test says so. */
function rig() {
  const begun: Array<{ acceptMissing?: boolean; end(error?: Error): void }> = [];
  let atOnce = 0;
  const turns = createSweepTurns(async ({ acceptMissing }) => {
    assert.equal(++atOnce, 1, 'never two at once');
    const missing = begun.length + 1;
    try {
      await new Promise<void>((resolve, reject) => {
        begun.push({ acceptMissing, end: (error) => (error ? reject(error) : resolve()) });
      });
    } finally {
      atOnce -= 1;
    }
    return { ...RESULT, missing };
  });
  const settle = () => new Promise(setImmediate);
  return { turns, begun, settle };
}

describe('sweeps take turns', () => {
  it('who asks while one runs gets the one after it, shared by all who do', async () => {
    const { turns, begun, settle } = rig();
    const first = turns.next();
    const others = [turns.next(), turns.next({ acceptMissing: true }), turns.next()];
    await settle();
    assert.equal(begun.length, 1);
    begun[0].end();
    assert.equal((await first).missing, 1);
    await settle();
    assert.equal(begun.length, 2);
    assert.equal(begun[1].acceptMissing, true, 'what an operator says holds');
    begun[1].end();
    assert.deepEqual(
      (await Promise.all(others)).map(({ missing }) => missing),
      [2, 2, 2],
    );
    assert.equal(turns.running, false);
  });

  it('one that failed does not keep the next one', async () => {
    const { turns, begun, settle } = rig();
    const first = turns.next();
    const second = turns.next();
    begun[0].end(new Error('the database is away'));
    await assert.rejects(first, /away/);
    await settle();
    begun[1].end();
    assert.equal((await second).missing, 2);
  });

  it('a sweep in the background is the one that runs or waits, if there is one', async () => {
    const { turns, begun, settle } = rig();
    const first = turns.join();
    const same = turns.join();
    const second = turns.next();
    begun[0].end();
    assert.deepEqual([(await first).missing, (await same).missing], [1, 1]);
    const waiting = turns.join();
    await settle();
    begun[1].end();
    assert.deepEqual([(await second).missing, (await waiting).missing], [2, 2]);
  });

  it('is idle when none runs and none waits', async () => {
    const { turns, begun, settle } = rig();
    await turns.idle();
    let idle = false;
    turns.next().catch(() => {});
    turns.next().catch(() => {});
    const ended = turns.idle().then(() => {
      idle = true;
    });
    begun[0].end(new Error('no'));
    await settle();
    assert.equal(idle, false);
    begun[1].end(new Error('no'));
    await ended;
  });
});
