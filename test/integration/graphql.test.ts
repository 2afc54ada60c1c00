import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { AnyEntry } from '../../plugin/contracts/similar';
import { distWith, media } from '../helpers/content-model';
import { page } from '../helpers/markdown';
import { apiToken, withoutPermission } from '../helpers/permissions';
import { createLookalikes, createProduct, PRODUCT, similar } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';

const OURS = 'plugin::similar.similar.find';

interface GraphqlError {
  message: string;
  path: Array<string | number>;
  extensions: {
    code: string;
    error: { message: string; details: { code?: string; errors?: Array<{ path: string[] }> } };
  };
}

interface Body {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the query
  data: any;
  errors?: GraphqlError[];
}

let shop: Playground;
let made: Awaited<ReturnType<typeof createLookalikes>>;

before(async () => {
  const attributes = { title: { type: 'string' }, similar: { type: 'string' }, cover: media() };
  const note = { text: { type: 'string' } };
  const dist = distWith({ types: { poster: { attributes }, note: { attributes: note } } });
  shop = await startPlayground({ dist, env: { GRAPHQL_CONFIG: JSON.stringify({ depthLimit: 20, maxLimit: 100 }) } });
  made = await createLookalikes(shop);
});
after(() => shop?.stop());

async function graphql(query: string, variables: object = {}, token?: string): Promise<Body & { status: number }> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const body = JSON.stringify({ query, variables });
  const answer = await shop.api<Body>('/graphql', { method: 'POST', headers, body });
  return { status: answer.status, ...answer.body };
}

/** What must be answered without an error. */
async function ask(query: string, variables: object = {}, token?: string): Promise<Body['data']> {
  const { data, errors } = await graphql(query, variables, token);
  assert.deepEqual(errors ?? [], []);
  return data;
}

/** The one error of what must fail, and of `similar` alone. */
async function fails(query: string, variables: object = {}): Promise<GraphqlError> {
  const { data, errors = [] } = await graphql(query, variables);
  assert.equal(errors.length, 1, JSON.stringify(errors));
  assert.equal(errors[0].path.at(-1), 'similar');
  assert.ok(data, 'the rest is answered');
  return errors[0];
}

const PAGE =
  'data { type source similarity score match { query { id } result { url } verdict } file { id: documentId name } entry { ... on Product { documentId name } } }';
const META = 'meta { model space status pagination { page pageSize hasMore } }';

const imagesOf = (entry: AnyEntry | undefined) => (entry?.images ?? []) as Array<{ name: string }>;

/** Without what GraphQL spells in another way, or what was not asked for. */
const plain = (data: Array<Record<string, never>>) =>
  data.map(({ type, similarity, score }) => ({ type, similarity, score }));

function setConfig(key: string, value: unknown, t: TestContext): void {
  const name = `plugin::similar.${key}`;
  const before = shop.strapi.config.get(name);
  shop.strapi.config.set(name, value);
  t.after(() => shop.strapi.config.set(name, before));
}

describe('Query.similar', () => {
  test('answers about a file what the HTTP API answers', async () => {
    const { similar: found } = await ask(`{ similar(id: ${made.files.red.id}) { ${PAGE} ${META} } }`);
    const { body } = await similar(shop, made.files.red.id);
    assert.deepEqual(plain(found.data), plain(body.data as never));
    assert.deepEqual(
      found.data.map(({ file }: { file: object }) => file),
      body.data.map(({ file }) => ({ id: file?.documentId, name: file?.name })),
    );
    assert.equal(found.data[0].source, 'VISUAL');
    assert.equal(found.data[0].match.query.id, String(made.files.red.id));
    assert.equal(found.data[0].match.result.url, body.data[0].match?.result.url);
    assert.equal(found.data[0].match.verdict, body.data[0].match?.verdict.toUpperCase().replace('-', '_'));
    assert.deepEqual(found.meta, { ...body.meta, status: 'READY' });
  });

  test('answers about an entry, in pages, with filters and with what its relations hold', async () => {
    const query = `query ($id: ID!, $filters: JSON) {
      similar(id: $id, filters: $filters, minScore: 0.1, pagination: { start: 0, limit: 1 }) {
        data { type file { name } entry { ... on Product { name images { name } } } }
        meta { pagination { page start limit hasMore } }
      }
    }`;
    const entry = { name: 'crimson', images: [{ name: 'crimson.jpg' }] };
    const { similar: all } = await ask(query, { id: made.ids.red, filters: null });
    assert.deepEqual(all.data, [{ type: PRODUCT, file: null, entry }]);
    assert.deepEqual(all.meta.pagination, { page: null, start: 0, limit: 1, hasMore: true });
    const { similar: named } = await ask(query, { id: made.ids.red, filters: { name: { $ne: 'crimson' } } });
    assert.equal(named.data[0].entry.name, 'blue');
    assert.equal(named.meta.pagination.hasMore, false);
  });

  test('finds entries for a file, and files for an entry', async () => {
    const { similar: entries } = await ask(`{ similar(id: ${made.files.red.id}, type: "${PRODUCT}") { ${PAGE} } }`);
    assert.deepEqual(
      entries.data.map(({ entry }: { entry: { name: string } }) => entry.name),
      ['red', 'crimson', 'blue'],
    );
    const { similar: files } = await ask(
      `{ similar(id: "${made.ids.red}", type: "file", exclude: [${made.files.blue.id}]) { ${PAGE} } }`,
    );
    assert.deepEqual(
      files.data.map(({ file }: { file: { name: string } }) => file.name),
      ['crimson.jpg'],
    );
  });

  test('finds only what has the wanted colour', async () => {
    const named = async (color: string) => {
      const { similar: found } = await ask(`{ similar(id: "${made.ids.red}", color: "${color}") { ${PAGE} } }`);
      return found.data.map(({ entry }: { entry: { name: string } }) => entry.name);
    };
    assert.deepEqual([await named('#00e'), await named('d02')], [['blue'], ['crimson']]);
    const { errors } = (await fails(`{ similar(id: "${made.ids.red}", color: "red") { ${PAGE} } }`)).extensions.error
      .details;
    assert.deepEqual(errors?.[0].path, ['color']);
  });

  test('takes enums, lists and objects', async () => {
    const query = `query ($within: JSON) {
      similar(id: "${made.ids.red}", likeness: NEAR_DUPLICATE, match: MEAN, same: [], like: [], within: $within, collapse: false) {
        ${PAGE}
      }
    }`;
    const { similar: found } = await ask(query, { within: null });
    assert.deepEqual(
      found.data.map(({ entry }: { entry: { name: string } }) => entry.name),
      ['crimson'],
    );
    const { errors } = (await fails(query, { within: { price: 'near' } })).extensions.error.details;
    assert.deepEqual(errors?.[0].path, ['within', 'price']);
  });
});

describe('the field similar', () => {
  const LIST = `query ($filters: ProductFiltersInput) {
    products(sort: "name") { name similar(filters: $filters) { data { similarity entry { name images { name } } } ${META} } }
  }`;

  test('of the entries of a list is one batch, each answered as by the HTTP API', async (t) => {
    const service = shop.strapi.plugin('similar').service('similar');
    const batches = t.mock.method(service, 'entries');
    const { products } = await ask(LIST, { filters: { name: { ne: 'blue' } } });
    assert.equal(batches.mock.callCount(), 1);
    assert.deepEqual(
      products.map(({ name }: { name: string }) => name),
      ['blue', 'crimson', 'red'],
    );
    for (const { name, similar: found } of products) {
      const { body } = await similar(shop, made.ids[name], 'filters[name][$ne]=blue');
      assert.deepEqual(
        found.data,
        body.data.map(({ similarity, entry }) => ({
          similarity,
          entry: {
            name: entry?.name,
            images: imagesOf(entry).map((image) => ({ name: image.name })),
          },
        })),
      );
      assert.equal(found.meta.status, 'READY');
    }
  });

  test('is there on what it finds', async () => {
    const query = `{ product(documentId: "${made.ids.red}") { similar(pagination: { limit: 1 }) { data { entry { name similar(pagination: { limit: 1 }) { data { entry { name } } } } } } } }`;
    const { product } = await ask(query);
    const [{ entry }] = product.similar.data;
    assert.deepEqual(entry, { name: 'crimson', similar: { data: [{ entry: { name: 'red' } }] } });
  });

  test('a request makes no more searches than a batch, however they are asked for', async (t) => {
    setConfig('api.maxBatch', 2, t);
    const { data, errors = [] } = await graphql(LIST);
    assert.equal(data.products.filter((product: { similar: unknown }) => product.similar).length, 2);
    assert.equal(errors.length, 1);
    assert.equal(errors[0].extensions.code, 'BAD_USER_INPUT');
    assert.match(errors[0].message, /at most 2 searches/);
    const one = `similar(id: "${made.ids.red}") { ${META} }`;
    const aliases = await graphql(`{ a: ${one} b: ${one} c: ${one} }`);
    assert.deepEqual(Object.values(aliases.data).filter((found) => found === null).length, 1);
    assert.equal(aliases.errors?.length, 1);
    await ask(`{ ${one} }`);
  });

  test('is not on types without pictures, nor on one that has such an attribute', async () => {
    const field = (type: string) =>
      ask(`{ __type(name: "${type}") { fields { name type { name } } } }`).then(({ __type }) =>
        __type.fields.find(({ name }: { name: string }) => name === 'similar'),
      );
    assert.equal((await field('Product')).type.name, 'ProductSimilarResponse');
    assert.equal((await field('Poster')).type.name, 'String');
    assert.equal(await field('Note'), undefined);
    const { __type: union } = await ask('{ __type(name: "SimilarEntry") { possibleTypes { name } } }');
    assert.deepEqual(union.possibleTypes.map(({ name }: { name: string }) => name).toSorted(), ['Poster', 'Product']);
  });

  test('a documentId that is a number is not taken for that of a file', async () => {
    const documentId = String(made.files.blue.id);
    const rows = shop.strapi.db.query(PRODUCT);
    await rows.updateMany({ where: { documentId: made.ids.red }, data: { documentId } });
    try {
      const { product } = await ask(`{ product(documentId: "${documentId}") { similar { data { entry { name } } } } }`);
      assert.equal(product.similar.data[0].entry.name, 'crimson');
    } finally {
      await rows.updateMany({ where: { documentId }, data: { documentId: made.ids.red } });
    }
  });
});

describe('locale and state', () => {
  const NAMES = 'data { entry { ... on Product { name } } }';

  test('both are in the locale that is asked for', async () => {
    const documents = shop.strapi.documents(PRODUCT as never);
    for (const name of ['red', 'crimson']) {
      const data = { name: `${name} (de)`, images: [made.files[name].id] };
      await documents.update({ documentId: made.ids[name], locale: 'de', data, status: 'published' } as never);
    }
    const query = `query ($id: ID!, $locale: I18NLocaleCode) {
      similar(id: $id, locale: $locale) { ${NAMES} }
      product(documentId: $id, locale: $locale) { similar { data { entry { name } } } }
    }`;
    const { similar: found, product } = await ask(query, { id: made.ids.red, locale: 'de' });
    assert.deepEqual(found.data, [{ entry: { name: 'crimson (de)' } }]);
    assert.deepEqual(product.similar.data, found.data);
  });

  test('drafts are for those whom the configuration lets see them', async (t) => {
    const draft = await createProduct(shop, { name: 'draft', images: [made.files.crimson], status: 'draft' });
    t.after(() => shop.strapi.documents(PRODUCT as never).delete({ documentId: draft.documentId } as never));
    const queries = {
      query: `{ similar(id: "${made.ids.red}", status: DRAFT) { ${NAMES} } }`,
      field: `{ product(documentId: "${made.ids.red}", status: DRAFT) { similar { data { entry { name } } } } }`,
    };
    for (const query of Object.values(queries)) {
      const { extensions } = await fails(query);
      assert.equal(extensions.code, 'FORBIDDEN');
      assert.equal(extensions.error.details.code, 'DRAFTS_OFF');
    }
    const published = await ask(queries.field.replace('status: DRAFT', 'status: PUBLISHED'));
    assert.doesNotMatch(JSON.stringify(published), /draft/);
    setConfig('api.drafts', true, t);
    const { similar: found } = await ask(queries.query);
    const { product } = await ask(queries.field);
    for (const { data } of [found, product.similar]) {
      assert.ok(data.some(({ entry }: { entry: { name: string } }) => entry.name === 'draft'));
    }
  });
});

describe('who may ask', () => {
  const query = () => `{ similar(id: "${made.ids.red}") { ${PAGE} } }`;
  const FIELD = '{ products(pagination: { limit: 1 }) { similar { data { entry { name } } } } }';

  test('nobody without the permission of the HTTP API', async () => {
    await withoutPermission(shop, OURS, async () => {
      for (const text of [query(), FIELD]) assert.equal((await fails(text)).extensions.code, 'FORBIDDEN');
      const token = await apiToken(shop, 'custom', [OURS, `${PRODUCT}.find`]);
      assert.equal((await ask(query(), {}, token)).similar.data.length, 2);
      const other = await graphql(query(), {}, await apiToken(shop, 'custom', [`${PRODUCT}.find`]));
      assert.equal(other.errors?.[0].extensions.code, 'FORBIDDEN');
    });
  });

  test('nobody about a type that they may not find', async () => {
    await withoutPermission(shop, `${PRODUCT}.find`, async () => {
      const field = `{ product(documentId: "${made.ids.red}") { similar { data { entry { name } } } } }`;
      for (const text of [query(), field]) {
        const { extensions } = await fails(text);
        assert.equal(extensions.code, 'FORBIDDEN');
        assert.equal(extensions.error.details.code, 'FORBIDDEN');
      }
    });
  });

  test('what a project adds to permissions holds here, too', async (t) => {
    setConfig(
      'api.filtersFor',
      (_ctx: unknown, uid: string) => (uid === PRODUCT ? { name: { $ne: 'crimson' } } : undefined),
      t,
    );
    const { similar: found } = await ask(query());
    assert.deepEqual(
      found.data.map(({ entry }: { entry: { name: string } }) => entry.name),
      ['blue'],
    );
  });

  test('private attributes can neither be selected nor filtered by', async () => {
    const selected = await graphql(
      `{ similar(id: "${made.ids.red}") { data { entry { ... on Product { purchasePrice } } } } }`,
    );
    assert.equal(selected.status, 400);
    assert.match(selected.errors?.[0].message ?? '', /Cannot query field "purchasePrice"/);
    const typed = await graphql('{ products { similar(filters: { purchasePrice: { gt: 1 } }) { meta { status } } } }');
    assert.match(typed.errors?.[0].message ?? '', /"purchasePrice" is not defined/);
    const filtered = `query ($filters: JSON) { similar(id: "${made.ids.red}", filters: $filters) { ${PAGE} } }`;
    const { extensions } = await fails(filtered, { filters: { purchasePrice: { $gt: 1 } } });
    assert.equal(extensions.code, 'BAD_USER_INPUT');
    assert.deepEqual(extensions.error.details.errors?.[0].path, ['filters']);
  });
});

describe('errors', () => {
  test('name the argument that is wrong', async () => {
    const wrong = {
      minScore: '3',
      'pagination.limit': '{ limit: 0 }',
      type: '"api::no.no"',
      groupBy: '"no such"',
      locale: '"*"',
    };
    for (const [path, value] of Object.entries(wrong)) {
      const [name] = path.split('.');
      const { extensions, message } = await fails(`{ similar(id: "${made.ids.red}", ${name}: ${value}) { ${PAGE} } }`);
      assert.equal(extensions.code, 'BAD_USER_INPUT', path);
      assert.deepEqual(extensions.error.details.errors?.[0].path, path.split('.'));
      assert.match(message, new RegExp(`\\b${name}\\b`));
    }
  });

  test('say what is not there', async () => {
    const { extensions } = await fails(`{ similar(id: "nosuchthing") { ${PAGE} } }`);
    assert.equal(extensions.code, 'STRAPI_NOT_FOUND_ERROR');
    assert.equal(extensions.error.details.code, 'NOT_FOUND');
  });

  test('of the inside tell nothing', async (t) => {
    setConfig('api.filtersFor', () => Promise.reject(new Error('connect to postgres://root:secret@db failed')), t);
    for (const query of [
      `{ similar(id: "${made.ids.red}") { ${PAGE} } }`,
      `{ product(documentId: "${made.ids.red}") { similar { meta { status } } } }`,
    ]) {
      const error = await fails(query);
      assert.equal(error.extensions.code, 'INTERNAL_SERVER_ERROR');
      assert.doesNotMatch(JSON.stringify(error), /secret|postgres/);
    }
  });
});

test('the queries of docs/graphql.md are answered', async () => {
  const queries = [...page('docs/graphql.md').matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, query]) => query);
  assert.ok(queries.length >= 2);
  for (const query of queries) {
    await ask(query, { id: made.ids.red, slugs: ['a'], filters: { stock: { $null: true } } });
  }
});
