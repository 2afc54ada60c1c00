import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../../plugin/contracts/config';
import { readQuery } from '../../../server/src/validation/similar-query';

const { api: defaults } = configSchema.parse({});
const api = { ...defaults, defaultLimit: 7, maxLimit: 100 };
const window = (pagination?: Record<string, string>) => {
  const { start, limit, pagination: shown } = readQuery(pagination ? { pagination } : {}, api);
  return { start, limit, shown };
};

test('pages, windows and the default', () => {
  assert.deepEqual(window(), { start: 0, limit: 7, shown: { page: 1, pageSize: 7 } });
  assert.deepEqual(window({ page: '3', pageSize: '10' }), {
    start: 20,
    limit: 10,
    shown: { page: 3, pageSize: 10 },
  });
  assert.deepEqual(window({ start: '4' }), { start: 4, limit: 7, shown: { start: 4, limit: 7 } });
  assert.deepEqual(window({ limit: '100' }), { start: 0, limit: 100, shown: { start: 0, limit: 100 } });
});

test('the default never exceeds the maximum', () => {
  assert.equal(readQuery({}, { ...api, defaultLimit: 50, maxLimit: 20 }).limit, 20);
});

test('as everywhere in Strapi, sizes that are too large are cut, and -1 is the largest', () => {
  assert.equal(window({ pageSize: '500' }).limit, 100);
  assert.equal(window({ limit: '101' }).limit, 100);
  assert.deepEqual(window({ limit: '-1' }), { start: 0, limit: 100, shown: { start: 0, limit: 100 } });
});

test('the first 1,000 results can be reached', () => {
  assert.equal(window({ start: '900', limit: '100' }).start, 900);
  assert.equal(window({ page: '10', pageSize: '100' }).start, 900);
});

const unknown: object[] = [{ sort: 'name:asc' }, { utm_source: 'x' }, { pagination: { size: '5', withCount: 'true' } }];
test('unknown parameters are ignored, as everywhere in Strapi', () => {
  for (const query of unknown) {
    const { pagination, ...params } = readQuery(query, api);
    const { pagination: plainPagination, ...plain } = readQuery({}, api);
    assert.deepEqual(params, plain);
    assert.deepEqual(pagination, plainPagination);
  }
});

test('they are refused by name where Strapi is told to be strict', () => {
  assert.throws(() => readQuery({ sort: 'name:asc' }, api, true), /Unknown parameter sort/);
  assert.throws(() => readQuery({ pagination: { size: '5' } }, api, true), /Unknown parameter pagination\[size\]/);
  assert.equal(readQuery({ pagination: { withCount: 'false' } }, api, true).limit, 7);
});

const refused: Array<[query: object, name: string]> = [
  [{ filters: 'name' }, 'filters'],
  [{ status: 'deleted' }, 'status'],
  [{ minScore: '2' }, 'minScore'],
  [{ minScore: '-0.1' }, 'minScore'],
  [{ diversify: ['0', '1'] }, 'diversify'],
  [{ like: 'a\u0000b' }, 'like'],
  [{ like: 'x'.repeat(256) }, 'like'],
  [{ unlike: '' }, 'unlike'],
  [{ exclude: { a: '1' } }, 'exclude'],
  [{ type: 'product' }, 'type'],
  [{ match: 'all' }, 'match'],
  [{ locale: '*' }, 'locale'],
  [{ locale: ['en', 'de'] }, 'locale'],
  [{ locale: "en' OR 1=1" }, 'locale'],
  [{ pagination: '3' }, 'pagination'],
  [{ pagination: { page: '0' } }, 'pagination[page]'],
  [{ pagination: { page: '1.5' } }, 'pagination[page]'],
  [{ pagination: { page: '1e3' } }, 'pagination[page]'],
  [{ pagination: { page: '5000', pageSize: '100' } }, 'pagination[page]'],
  [{ pagination: { pageSize: '0' } }, 'pagination[pageSize]'],
  [{ pagination: { start: '950', limit: '51' } }, 'pagination'],
  [{ pagination: { page: '11', pageSize: '100' } }, 'pagination[page]'],
  [{ pagination: { limit: '-2' } }, 'pagination[limit]'],
  [{ pagination: { start: '-1' } }, 'pagination[start]'],
  [{ pagination: { limit: ['1', '2'] } }, 'pagination[limit]'],
  [{ pagination: { page: '1', limit: '5' } }, 'pagination'],
];

for (const [query, name] of refused) {
  test(`${JSON.stringify(query)} is refused and ${name} is named`, () => {
    assert.throws(
      () => readQuery(query, api),
      (error: Error & { code?: string; details?: { name?: string } }) => {
        assert.equal(error.code, 'INVALID_PARAMETER');
        assert.equal(error.details?.name, name);
        assert.ok(error.message.includes(name), error.message);
        return true;
      },
    );
  });
}
