import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../../plugin/contracts/config';
import { toQuery } from '../../../server/src/graphql/arguments';
import { typeDefsOf } from '../../../server/src/graphql/types';
import { readQuery, schemaFor } from '../../../server/src/validation/similar-query';

const { api } = configSchema.parse({});

const product = { uid: 'api::product.product', name: 'Product', filters: 'ProductFiltersInput', extended: true };
const whole = { file: 'UploadFile', entries: [product], locale: 'I18NLocaleCode', query: true };

/** The arguments of each `similar`, in the order of the schema. */
function argumentsOf(typeDefs: string): string[][] {
  return [...typeDefs.matchAll(/ similar\(([\s\S]*?)\n {4}\): /g)].map(([, text]) =>
    [...text.replace(/^.*".*"$/gm, '').matchAll(/(\w+): /g)].map(([, name]) => name),
  );
}

test('the parameters of the HTTP API are arguments; a selection stands for fields and populate', () => {
  const [query, field] = argumentsOf(typeDefsOf(whole));
  const parameters = Object.keys(schemaFor(api).shape).filter((name) => name !== 'fields' && name !== 'populate');
  assert.deepEqual(query.toSorted(), [...parameters, 'id'].toSorted());
  const ofEntry = parameters.filter((name) => !['type', 'locale', 'status'].includes(name));
  assert.deepEqual(field.toSorted(), ofEntry.toSorted());
});

test('what a project keeps out of its schema is not named', () => {
  assert.doesNotMatch(typeDefsOf({ ...whole, file: undefined }), /UploadFile/);
  assert.doesNotMatch(typeDefsOf({ ...whole, entries: [] }), /SimilarEntry|Product/);
  assert.doesNotMatch(typeDefsOf({ ...whole, query: false }), /extend type Query/);
  assert.doesNotMatch(typeDefsOf({ ...whole, entries: [{ ...product, extended: false }] }), /extend type Product/);
  assert.doesNotMatch(typeDefsOf({ ...whole, entries: [{ ...product, filters: undefined }] }), /FiltersInput/);
});

test('arguments are read as those of a query string', () => {
  const read = (args: object) => readQuery(toQuery(args as Record<string, unknown>), api);
  const { minScore, diversify } = read({ minScore: 0.1 + 0.2, diversify: 1e-7 });
  assert.deepEqual({ minScore, diversify }, { minScore: 0.3, diversify: 1e-7 });
  assert.deepEqual(read({ pagination: { page: 2, pageSize: 10, limit: null } }).pagination, { page: 2, pageSize: 10 });
  assert.equal(read({ pagination: { limit: -1 } }).limit, api.maxLimit);
  assert.deepEqual(read({ like: ['a', '7'], unlike: [], exclude: null }).exclude, ['a', '7']);
  assert.deepEqual(read({ same: [] }).same, []);
  assert.equal(read({ same: null }).same, undefined);
  assert.equal(read({ ownGroup: false }).ownGroup, false);
  assert.deepEqual(read({ within: { price: '20%' } }).within, { price: '20%' });
  const since = new Date(0);
  const filters = Object.assign(Object.create(null), { createdAt: { $gt: since }, stock: { $null: null } });
  assert.deepEqual(read({ filters }).filters, { createdAt: { $gt: since }, stock: { $null: null } });
});
