import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { pauseAfter, repeatSweep } from '../../../plugin/pipeline/repeat-sweep';

afterEach(() => mock.reset());

/** Runs by the time of the test alone. */
function fakeTime() {
  let now = 0;
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', () => now);
  return {
    pass(ms: number) {
      now += ms;
    },
    async tick(ms: number) {
      await new Promise(setImmediate);
      now += ms;
      mock.timers.tick(ms);
      await new Promise(setImmediate);
    },
  };
}

test('the pause is the interval, and twenty times what the last sweep took at the least', () => {
  assert.equal(pauseAfter(100, 300_000), 300_000);
  assert.equal(pauseAfter(60_000, 300_000), 1_200_000);
  assert.equal(pauseAfter(1e12, 300_000), 2 ** 31 - 1, 'what a timer can wait');
});

test('the next sweep comes after the pause, later when the last one took long, and none after the end', async () => {
  const time = fakeTime();
  const durations = [10, 600, 10];
  let sweeps = 0;
  const end = repeatSweep(async () => time.pass(durations[sweeps++] ?? 0), 1_000);
  await time.tick(999);
  assert.equal(sweeps, 1);
  await time.tick(1);
  assert.equal(sweeps, 2);
  await time.tick(11_999);
  assert.equal(sweeps, 2, 'the second took 600 ms');
  await time.tick(1);
  assert.equal(sweeps, 3);
  end();
  await time.tick(1_000_000);
  assert.equal(sweeps, 3);
});

test('with an interval of 0, or when it is ended during the first, there is one', async () => {
  const time = fakeTime();
  let sweeps = 0;
  const sweep = async () => void sweeps++;
  repeatSweep(sweep, 0);
  repeatSweep(sweep, 1_000)();
  await time.tick(1_000_000);
  assert.equal(sweeps, 2);
});
