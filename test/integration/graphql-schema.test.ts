import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distWith, media } from '../helpers/content-model';
import { PRODUCT } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { PlaygroundOptions } from '../helpers/strapi-folder';

const CONFIG = { depthLimit: 20, maxLimit: 100 };
const GRAPHQL = { GRAPHQL_CONFIG: JSON.stringify(CONFIG) };

/** Five times at the most: Strapi does not let anybody sign in more often, whatever the server. */
async function within(options: PlaygroundOptions, check: (shop: Playground) => Promise<void>): Promise<void> {
  const shop = await startPlayground(options);
  try {
    await check(shop);
  } finally {
    await shop.stop();
  }
}

/** Names of what the schema has. */
async function fieldsOf({ api }: Playground, type: string): Promise<string[]> {
  const query = `{ __type(name: "${type}") { fields { name } } }`;
  const headers = { 'content-type': 'application/json' };
  const { body } = await api('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
  return body.data.__type?.fields.map(({ name }: { name: string }) => name) ?? [];
}

/** Of GraphQL, what this process has loaded. */
const loaded = () =>
  Object.keys(require.cache).filter((file) =>
    /plugin-graphql|@apollo|nexus|graphql-tools|server\/src\/graphql\/extension/.test(file),
  );

const cover = { attributes: { cover: media() } };
const poster = { types: { poster: cover } };
/** Strapi makes `Query.similar` of the other one. */
const posters = { types: { poster: cover, similar: cover } };

// First: what is loaded stays so.
test('without the plugin there is no GraphQL, and nothing of it is loaded', () =>
  within({}, async ({ api }) => {
    assert.equal((await api('/graphql', { method: 'POST' })).status, 405);
    assert.equal((await api('/api/similar/1')).status, 404);
    assert.deepEqual(loaded(), []);
  }));

test('where nothing says which types are used, all with pictures have the field: the admin may choose any', () =>
  within({ dist: distWith(poster), env: GRAPHQL }, async (shop) => {
    assert.notDeepEqual(loaded(), []);
    for (const type of ['Product', 'Poster']) assert.ok((await fieldsOf(shop, type)).includes('similar'), type);
    assert.ok(!(await fieldsOf(shop, 'Category')).includes('similar'));
    assert.ok((await fieldsOf(shop, 'Query')).includes('similar'));
    assert.deepEqual(await fieldsOf(shop, 'PosterSimilarItem'), [
      'source',
      'similarity',
      'score',
      'group',
      'match',
      'entry',
    ]);
  }));

test('where the configuration names types, those have it; one that is called similar keeps its queries', () =>
  within({ dist: distWith(posters), env: GRAPHQL, config: { contentTypes: { [PRODUCT]: '*' } } }, async (shop) => {
    assert.ok((await fieldsOf(shop, 'Product')).includes('similar'));
    const poster = await fieldsOf(shop, 'Poster');
    assert.ok(poster.includes('cover') && !poster.includes('similar'));
    assert.ok((await fieldsOf(shop, 'Query')).includes('similars'));
    assert.deepEqual(await fieldsOf(shop, 'SimilarResponse'), []);
  }));

test('a project that has a type of the same name keeps it', () =>
  within({ dist: distWith({ types: { 'similar-meta': cover } }), env: GRAPHQL }, async (shop) => {
    const fields = await fieldsOf(shop, 'SimilarMeta');
    assert.ok(fields.includes('cover') && !fields.includes('space'));
    assert.ok(!(await fieldsOf(shop, 'Product')).includes('similar'));
  }));

test('a schema without content types stays as it is', () =>
  within({ env: { GRAPHQL_CONFIG: JSON.stringify({ ...CONFIG, shadowCRUD: false }) } }, async (shop) => {
    assert.ok(!(await fieldsOf(shop, 'Query')).includes('similar'));
  }));
