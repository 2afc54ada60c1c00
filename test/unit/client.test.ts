import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimilarClient, type SimilarClientOptions } from '../../plugin/client';
import { toQueryString } from '../../plugin/query-string';

const shown = (query: object) => decodeURIComponent(toQueryString(query));

test('a query is nested as Strapi reads it', () => {
  const query = {
    filters: { $and: [{ price: { $lt: 5 } }, { category: { slug: { $in: ['a', 'b'] } } }], live: true },
    populate: ['images'],
    like: [3, 'abc'],
    color: '#aa3333',
    pagination: { limit: 7 },
    locale: undefined,
    exclude: [],
  };
  assert.equal(
    shown(query),
    'filters[$and][0][price][$lt]=5&filters[$and][1][category][slug][$in][0]=a&filters[$and][1][category][slug][$in][1]=b' +
      '&filters[live]=true&populate[0]=images&like=3,abc&color=#aa3333&pagination[limit]=7',
  );
  assert.match(toQueryString(query), /&color=%23aa3333&/);
});

test('null, dates and empty lists in filters are sent as what they mean', () => {
  assert.equal(shown({ filters: { category: null } }), 'filters[category][$null]=true');
  assert.equal(shown({ filters: { category: { $eq: null } } }), 'filters[category][$null]=true');
  assert.equal(shown({ filters: { a: { b: { $ne: null } } } }), 'filters[a][b][$notNull]=true');
  assert.equal(shown({ filters: { id: { $in: [] } } }), 'filters[id][$null]=true&filters[id][$notNull]=true');
  assert.equal(shown({ filters: { id: { $notIn: [] }, a: 1 } }), 'filters[a]=1');
  const since = new Date(Date.UTC(2026, 0, 2));
  assert.equal(shown({ filters: { createdAt: { $gt: since } } }), 'filters[createdAt][$gt]=2026-01-02T00:00:00.000Z');
});

test('what a query string cannot say is refused by name, and not left out', () => {
  const refused: Array<[unknown, RegExp]> = [
    [{ $or: [] }, /^filters\[\$or\] is an empty list/],
    [{ price: { $lt: null } }, /^filters\[price\]\[\$lt\] is null/],
    [{ price: { $in: [1, null] } }, /^filters\[price\]\[\$in\]\[1\] is null/],
    [{ price: Number.NaN }, /^filters\[price\] is NaN/],
    [{ at: new Date('x') }, /^filters\[at\] is an invalid date/],
    [{ tags: new Set(['a']) }, /^filters\[tags\] is a Set/],
    [{ name: /a/ }, /^filters\[name\] is a RegExp/],
    [{ name: () => 1 }, /^filters\[name\] is a function/],
  ];
  for (const [filters, message] of refused)
    assert.throws(() => toQueryString({ filters }), { name: 'TypeError', message });
});

async function askedFor(options: Partial<SimilarClientOptions>): Promise<string> {
  let address = '';
  const send: typeof fetch = async (input) => {
    address = String(input);
    return Response.json({ data: [], meta: {} });
  };
  await createSimilarClient({ url: 'https://cms.example.com', fetch: send, ...options }).find(3);
  return address;
}

test('the address: any prefix, with or without slashes, also below a path', async () => {
  assert.equal(await askedFor({}), 'https://cms.example.com/api/similar/3');
  assert.equal(await askedFor({ url: 'https://cms.example.com/' }), 'https://cms.example.com/api/similar/3');
  assert.equal(await askedFor({ prefix: '/v1' }), 'https://cms.example.com/v1/similar/3');
  assert.equal(await askedFor({ prefix: 'api/v1/' }), 'https://cms.example.com/api/v1/similar/3');
  assert.equal(await askedFor({ prefix: '' }), 'https://cms.example.com/similar/3');
  assert.equal(await askedFor({ url: 'https://example.com/cms/' }), 'https://example.com/cms/api/similar/3');
});

test('an answer that is no JSON is an error, whatever its status', async () => {
  const page = (status: number) => async () =>
    new Response('<html>Sign in</html>', { status, headers: { 'content-type': 'text/html' } });
  const find = (send: typeof fetch) => createSimilarClient({ url: 'https://cms.example.com', fetch: send }).find(3);
  await assert.rejects(find(page(200)), {
    code: 'NOT_JSON',
    status: 200,
    message: /received text\/html; are `url` and `prefix` right/,
  });
  await assert.rejects(find(page(502)), { status: 502 });
});

test('the types of entries are those that are asked for', async () => {
  const send: typeof fetch = async () => Response.json({ data: [{ entry: { name: 'Lamp' } }], meta: {} });
  const client = createSimilarClient({ url: 'https://cms.example.com', fetch: send });
  const { data } = await client.find<{ name: string }>('abc');
  const name: string | undefined = data[0].entry?.name;
  assert.equal(name, 'Lamp');
});
