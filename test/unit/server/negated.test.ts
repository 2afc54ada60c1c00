import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSpan, spanAround } from '../../../plugin/contracts/span';
import { negated } from '../../../server/src/search/negated';

test('the negation of a filter lets entries through that have no value', () => {
  const stock = { stock: { $lte: 0 } };
  const inStock = { $or: [{ $not: stock }, { stock: { $null: true } }] };
  assert.deepEqual(negated(stock), inStock);
  assert.deepEqual(negated({ stock: 0 }), { $or: [{ $not: { stock: 0 } }, { stock: { $null: true } }] });
  const sold = { sold: true };
  const notSold = { $or: [{ $not: sold }, { sold: { $null: true } }] };
  assert.deepEqual(negated({ ...stock, ...sold }), { $or: [inStock, notSold] }, 'all of them hold, or not');
  assert.deepEqual(negated({ $and: [stock, sold] }), { $or: [inStock, notSold] });
  assert.deepEqual(negated({ $or: [stock, sold] }), { $and: [inStock, notSold] });
  assert.deepEqual(negated({ $not: stock }), stock);
});

test('a filter about missing values, and one through a relation, are turned round as well', () => {
  assert.deepEqual(negated({ stock: { $null: true } }), { $not: { stock: { $null: true } } });
  const shoes = { category: { name: { $eq: 'Shoes' } } };
  assert.deepEqual(negated(shoes), { $or: [{ $not: shoes }, { category: { id: { $null: true } } }] });
});

test('a span is a share of a number, or a range around it', () => {
  assert.deepEqual(spanAround(50, '20%'), [40, 60]);
  assert.deepEqual(spanAround(-50, '20%'), [-60, -40]);
  assert.deepEqual(spanAround(50, '-5..10'), [45, 60]);
  assert.deepEqual(spanAround(50, '0..0.5'), [50, 50.5]);
});

test('what is no span is told from one', () => {
  for (const text of ['20%', '0.5%', '-5..10', '0..0', '-10..-5']) assert.ok(isSpan(text), text);
  for (const text of ['', '20', '%', '-20%', '5..', '..5', '10..-5', '1e3..2', 'a..b', '5...6'])
    assert.ok(!isSpan(text), text);
});
