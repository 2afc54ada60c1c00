import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createByteBudget } from '../../../server/src/media/byte-budget';

/** Notes the order in which room is given. */
function asking(all: number) {
  const budget = createByteBudget(all);
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
