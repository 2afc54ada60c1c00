import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../../plugin/contracts/config';
import type { SimilarQuery } from '../../../plugin/contracts/similar';
import * as schemas from '../../../server/src/routes/content-api-schemas';
import { explainSchema, schemaFor } from '../../../server/src/validation/similar-query';
import { page, tableBelow } from '../../helpers/markdown';

/** The compiler says so when the contract has another parameter, or one less. */
const CONTRACT: Record<keyof SimilarQuery, true> = {
  locale: true,
  status: true,
  fields: true,
  populate: true,
  filters: true,
  pagination: true,
  type: true,
  minScore: true,
  likeness: true,
  like: true,
  unlike: true,
  exclude: true,
  q: true,
  wordWeight: true,
  diversify: true,
  match: true,
  color: true,
  same: true,
  within: true,
  groupBy: true,
  ownGroup: true,
  collapse: true,
  colors: true,
  colorWeight: true,
};

const { api } = configSchema.parse({});
const accepted = Object.keys(schemaFor(api).shape).toSorted();

test('docs/api.md, the contract and the routes name the parameters that the server reads', () => {
  const rows = tableBelow(page('docs/api.md'), '`GET /api/similar/:id`');
  const documented = rows.flatMap(([names]) => names.split(', ').map((name) => name.replaceAll('`', '')));
  assert.deepEqual(documented.toSorted(), accepted);
  assert.deepEqual(Object.keys(CONTRACT).toSorted(), accepted);
  assert.deepEqual(Object.keys(schemas.query).toSorted(), accepted);
  assert.deepEqual(Object.keys(schemas.explainQuery).toSorted(), Object.keys(explainSchema.shape).toSorted());
});
