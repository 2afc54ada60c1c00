import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPixelBudget } from '../../../plugin/embedder/process/pixel-budget';

test('pictures are admitted while they fit, then in the order they came', async () => {
  const budget = createPixelBudget(10);
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
  const budget = createPixelBudget(10);
  const release = await budget.take(1_000);
  assert.equal(budget.waits(1), true);
  release();
  assert.equal(budget.waits(10), false);
});
