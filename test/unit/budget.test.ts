import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createBudget } from '../../plugin/budget';

test('pictures are admitted while they fit, then in the order they came', async () => {
  const budget = createBudget(10);
  const admitted: string[] = [];
  const take = async (name: string, pixels: number) => {
    const release = await budget.take(pixels);
    admitted.push(name);
    return release;
  };
  const a = take('a', 6);
  const b = take('b', 4);
  const c = take('c', 9);
  const d = take('d', 1);
  await new Promise(setImmediate);
  assert.deepEqual(admitted, ['a', 'b']);
  assert.equal(budget.waits(0), true);

  (await a)();
  await new Promise(setImmediate);
  assert.deepEqual(admitted, ['a', 'b'], 'd fits, but c came first');

  (await b)();
  await Promise.all([c, d]);
  assert.deepEqual(admitted, ['a', 'b', 'c', 'd']);
});

test('a picture larger than the budget is decoded while no other is', async () => {
  const budget = createBudget(10);
  const release = await budget.take(1_000);
  assert.equal(budget.waits(1), true);
  release();
  assert.equal(budget.waits(10), false);
});

/** Notes the order in which room is given. */
function asking(all: number) {
  const budget = createBudget(all);
  const given: string[] = [];
  const giveBack = new Map<string, () => void>();
  return {
    given,
    async ask(name: string, bytes: number, now?: boolean) {
      void budget.take(bytes, now).then((back) => {
        given.push(name);
        giveBack.set(name, back);
      });
      await turn();
    },
    async back(name: string) {
      giveBack.get(name)?.();
      await turn();
    },
  };
}

test('what has no room waits, in the order of asking', async () => {
  const { ask, back, given } = asking(10);
  await ask('a', 6);
  await ask('b', 6);
  await ask('small', 2);
  assert.deepEqual(given, ['a'], 'a small one does not overtake: the large one would never have its turn');
  await back('a');
  assert.deepEqual(given, ['a', 'b', 'small']);
});

test('what is larger than all the room has it alone', async () => {
  const { ask, back, given } = asking(10);
  await ask('a', 1);
  await ask('huge', 1_000);
  await ask('b', 1);
  assert.deepEqual(given, ['a']);
  await back('a');
  assert.deepEqual(given, ['a', 'huge']);
  await back('huge');
  assert.deepEqual(given, ['a', 'huge', 'b']);
});

test('who holds something already does not wait, and others wait for longer', async () => {
  const { ask, back, given } = asking(10);
  await ask('a', 8);
  await ask('beside', 8, true);
  await ask('b', 4);
  await back('a');
  assert.deepEqual(given, ['a', 'beside']);
  await back('beside');
  assert.deepEqual(given, ['a', 'beside', 'b']);
});

test('giving back twice gives back once', async () => {
  const { ask, back, given } = asking(10);
  await ask('a', 5);
  await ask('b', 5);
  await back('a');
  await back('a');
  await ask('c', 5);
  await ask('d', 5);
  assert.deepEqual(given, ['a', 'b', 'c']);
});

test('what is used is given back when the work is over, and when it fails', async () => {
  const budget = createBudget(2);
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await turn();
    order.push(`${name} ends`);
    return name;
  };
  const failing = budget.use(1, async () => {
    await turn();
    throw new Error('no');
  });
  const results = [budget.use(1, work('a')), budget.use(1, work('b')), budget.use(2, work('c'))];
  await assert.rejects(failing, /no/);
  assert.deepEqual(await Promise.all(results), ['a', 'b', 'c']);
  assert.deepEqual(order.slice(-2), ['c begins', 'c ends']);
  assert.equal(budget.waits(2), false);
});
