import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PictureProposalsResponse } from '../../plugin/contracts/proposals';
import { adminToken, assistant } from '../helpers/assistant';
import { CONTENT, FILES, READ } from '../helpers/owned-shop';
import { withoutPermission } from '../helpers/permissions';
import { manyPictures, picture } from '../helpers/pictures';
import {
  createProduct,
  fileIds,
  PRODUCT,
  type SimilarAnswer,
  searchable,
  similar,
  similarityOf,
  storeOf,
} from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import { LOGIN, type UploadedFile } from '../helpers/strapi-client';
import { CLIP } from '../helpers/text-tower';

const COUNT = 40;

let shop: Playground;
let files: UploadedFile[];
let ids: number[];
const products: string[] = [];

before(async () => {
  shop = await startPlayground({
    config: { model: 'small-clip', models: { custom: { 'small-clip': CLIP } } },
    env: { MCP: 'true', GRAPHQL_CONFIG: JSON.stringify({ depthLimit: 20 }) },
  });
  const bytes = await manyPictures(COUNT);
  files = await shop.upload(bytes.map((one, i) => ({ name: `picture ${i}.jpg`, bytes: one, type: 'image/jpeg' })));
  ids = files.map(({ id }) => id);
  for (const [i, file] of files.slice(0, 10).entries()) {
    products.push((await createProduct(shop, { name: `product ${i}`, images: [file], stock: i })).documentId);
  }
  await searchable(shop, files);
});
after(() => shop?.stop());

const words = (q: string, query = ''): Promise<SimilarAnswer> =>
  shop.api(`/api/similar/search?q=${encodeURIComponent(q)}${query && `&${query}`}`);

const cosineOf = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** By the stored vectors, one by one. */
async function exactly(vector: Float32Array): Promise<number[]> {
  const vectors = await storeOf(shop).vectors(similarityOf(shop).space.id, ids);
  return [...vectors]
    .map(([id, own]) => ({ id, cosine: cosineOf(vector, own) }))
    .sort((a, b) => b.cosine - a.cosine || a.id - b.id)
    .map(({ id }) => id);
}

const vectorOf = (q: string) => similarityOf(shop).search.embedWords(q);

describe('GET /api/similar/search', () => {
  test('ranks all pictures as their cosines with the words, page by page', async () => {
    for (const q of ['red dress', 'a photo of a red dress', 'Kleid in Größe 38, rot', '赤いドレス']) {
      const [first, second] = await Promise.all([
        words(q, 'pagination[limit]=15'),
        words(q, 'pagination[start]=15&pagination[limit]=25'),
      ]);
      assert.equal(first.status, 200, JSON.stringify(first.body));
      const found = [...fileIds(first), ...fileIds(second)];
      assert.deepEqual(found, await exactly(await vectorOf(q)), q);
      const [best] = first.body.data;
      assert.deepEqual([best.match?.query, best.match?.result.id], [null, found[0]]);
      assert.equal(best.match?.verdict, 'similar');
      const cosine = cosineOf(
        await vectorOf(q),
        (await storeOf(shop).vectors(similarityOf(shop).space.id, [found[0]])).get(found[0])!,
      );
      assert.ok(Math.abs((best.similarity as number) - cosine) < 0.002);
    }
  });

  test('other words find other pictures', async () => {
    const [a, b] = await Promise.all([words('red dress'), words('three oranges in a basket')]);
    assert.notDeepEqual(fileIds(a), fileIds(b));
  });

  test('a score follows the order, from 0 to 1, and minScore cuts there', async () => {
    const { body } = await words('red dress', `pagination[limit]=${COUNT}`);
    const scores = body.data.map(({ score }) => score as number);
    assert.deepEqual(
      scores,
      scores.toSorted((x, y) => y - x),
    );
    assert.ok(scores.every((score) => score >= 0 && score <= 1));
    const [least] = [scores[10]];
    const cut = await words('red dress', `pagination[limit]=${COUNT}&minScore=${least}`);
    assert.equal(cut.body.data.length, scores.filter((score) => score >= least).length);
  });

  test('finds entries, with filters and rules', async () => {
    const { body } = await words('red dress', `type=${PRODUCT}&filters[stock][$lt]=5`);
    const stocks = body.data.map(({ entry }) => entry?.stock as number);
    assert.deepEqual(stocks.toSorted(), [0, 1, 2, 3, 4]);
    const order = await exactly(await vectorOf('red dress'));
    assert.deepEqual(
      stocks,
      stocks.toSorted((x, y) => order.indexOf(ids[x]) - order.indexOf(ids[y])),
    );
  });

  test('examples steer it, and are left out', async () => {
    const [{ body: plain }, steered] = await Promise.all([words('red dress'), words('red dress', `like=${ids[3]}`)]);
    assert.ok(!fileIds(steered).includes(ids[3]));
    assert.notDeepEqual(
      fileIds(steered),
      plain.data.map(({ file }) => file?.id),
    );
  });

  test('is cacheable, and diverse where that is asked for', async () => {
    const { headers } = await words('red dress');
    const etag = headers.get('etag') as string;
    const again = await shop.api('/api/similar/search?q=red%20dress', { headers: { 'if-none-match': etag } });
    assert.equal(again.status, 304);
    assert.equal((await words('red dress', 'diversify=0.5')).status, 200);
  });

  test('wrong words name the parameter', async () => {
    const wrong = async (query: string, name: string) => {
      const { status, body } = await shop.api<SimilarAnswer['body']>(`/api/similar/search${query}`);
      assert.deepEqual([status, body.error.details.code], [400, 'INVALID_PARAMETER'], query);
      assert.match(body.error.message, new RegExp(`\\b${name}\\b`));
    };
    await wrong('', 'q');
    await wrong('?q=', 'q');
    await wrong('?q=%20%20', 'q');
    await wrong(`?q=${'a'.repeat(301)}`, 'q');
    await wrong('?q=a%00b', 'q');
    await wrong('?q=a&q=b', 'q');
    await wrong('?q=a&likeness=similar', 'likeness');
    await wrong('?q=a&wordWeight=2', 'wordWeight');
    assert.equal((await words('a'.repeat(300))).status, 200);
  });

  test('needs the permission of the search', async () => {
    await withoutPermission(shop, 'plugin::similar.search.find', async () => {
      assert.equal((await words('red dress')).status, 403);
    });
  });
});

describe('words beside pictures', () => {
  test('the weight goes from the pictures alone to the words alone', async () => {
    const all = `type=file&pagination[limit]=${COUNT}`;
    const [plain, none, only] = await Promise.all([
      similar(shop, ids[0], all),
      similar(shop, ids[0], `${all}&q=red dress&wordWeight=0`),
      similar(shop, ids[0], `${all}&q=red dress&wordWeight=1`),
    ]);
    assert.deepEqual(fileIds(none), fileIds(plain));
    const order = (await exactly(await vectorOf('red dress'))).filter((id) => id !== ids[0]);
    assert.deepEqual(fileIds(only), order);
    const half = fileIds(await similar(shop, ids[0], `${all}&q=red dress`));
    assert.notDeepEqual(half, fileIds(plain));
    assert.notDeepEqual(half, order);
    // What is shown of the likeness is that of the pictures.
    const cosines = new Map(plain.body.data.map(({ file, similarity }) => [file?.id, similarity]));
    for (const { file, similarity } of only.body.data) assert.equal(similarity, cosines.get(file?.id));
  });

  test('beside a picture that is sent, and in a batch', async () => {
    const sent = async (query: string) => {
      const form = new FormData();
      form.append('picture', new Blob([new Uint8Array(await picture('disc', '#e00'))]), 'sent.jpg');
      return shop.api<SimilarAnswer['body']>(`/api/similar/search${query}`, { method: 'POST', body: form });
    };
    const [plain, steered] = [await sent(''), await sent('?q=three oranges&wordWeight=0.9')];
    assert.equal(steered.status, 200, JSON.stringify(steered.body));
    assert.notDeepEqual(
      steered.body.data.map(({ file }) => file?.id),
      plain.body.data.map(({ file }) => file?.id),
    );
    const batch = await shop.api<{ data: Array<SimilarAnswer['body']> }>(
      '/api/similar/batch?q=red dress&wordWeight=1',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ids: ids.slice(0, 30) }),
      },
    );
    assert.equal(batch.status, 200);
    const order = await exactly(await vectorOf('red dress'));
    for (const [i, { data }] of batch.body.data.entries()) {
      const expected = order.filter((id) => id !== ids[i]).slice(0, data.length);
      assert.deepEqual(
        data.map(({ file }) => file?.id),
        expected,
      );
    }
  });

  test('an entry', async () => {
    const answer = await similar(shop, products[0], 'q=red dress&wordWeight=1');
    const order = await exactly(await vectorOf('red dress'));
    const expected = order.flatMap((id) => (ids.indexOf(id) < 10 && ids.indexOf(id) > 0 ? [ids.indexOf(id)] : []));
    assert.deepEqual(
      answer.body.data.map(({ entry }) => entry?.stock),
      expected.slice(0, answer.body.data.length),
    );
  });
});

test('GraphQL', async () => {
  const query = `query ($q: String!, $id: ID!) {
    similarSearch(q: $q) { data { type similarity file { documentId } } }
    similar(id: $id, q: $q, wordWeight: 1, type: "file") { data { file { documentId } } }
  }`;
  const { body } = await shop.api<{ data: Record<string, SimilarAnswer['body']>; errors?: unknown }>('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { q: 'red dress', id: String(ids[0]) } }),
  });
  assert.equal(body.errors, undefined, JSON.stringify(body.errors));
  const { data } = (await words('red dress')).body;
  const documentIds = data.map(({ file }) => file?.documentId);
  const found = (name: string) => body.data[name].data.map(({ file }) => file?.documentId);
  assert.deepEqual(found('similarSearch'), documentIds);
  const other = files[0].documentId;
  assert.deepEqual(found('similar').slice(0, 5), documentIds.filter((id) => id !== other).slice(0, 5));
});

test('assistants and the admin search by words, too', async () => {
  const { id } = await shop.strapi.db.query('admin::user').findOne({ where: { email: LOGIN.email } });
  const { client, call, fails } = await assistant(shop, await adminToken(shop, id, [READ, CONTENT, FILES]));
  try {
    const names = (await words('red dress')).body.data.map(({ file }) => file?.name);
    const { found } = await call('similar_search', { words: 'red dress', limit: names.length });
    assert.deepEqual(
      found.items.map(({ title }: { title: string }) => title),
      names,
    );
    const { found: beside } = await call('similar_find', { id: ids[0], words: 'red dress', wordWeight: 1, limit: 3 });
    assert.equal(beside.items.length, 3);
    assert.equal((await fails('similar_search', {})).details?.code, 'INVALID_PARAMETER');

    const items = await shop.admin('POST', '/similar/items', { type: 'file', q: 'red dress', limit: names.length });
    assert.equal(items.status, 200, JSON.stringify(items.body));
    assert.deepEqual(
      items.body.items.map(({ label }: { label: string }) => label),
      names,
    );
    assert.equal((await shop.admin('GET', '/similar/progress')).body.words, true);
  } finally {
    await client.close();
  }
});

describe('pictures for an entry that has none, by its title', () => {
  const proposed = async (more: object): Promise<PictureProposalsResponse> => {
    const request = { type: PRODUCT, ...more };
    const { status, body } = await shop.admin('POST', '/similar/proposals/pictures', request);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  /** The products have the others. */
  const unused = (order: readonly number[]) => order.filter((id) => ids.indexOf(id) >= products.length);

  test('in the order of the exact cosines, first those that nothing uses', async () => {
    const { documentId } = await createProduct(shop, { name: 'New', images: [], status: 'draft' });
    for (const title of ['red dress', 'three oranges in a basket', 'Kleid in Größe 38, rot']) {
      const { pictures, ...how } = await proposed({ documentId, title });
      assert.deepEqual(how, { siblings: 0, words: true, wordsUnready: false });
      assert.deepEqual(
        pictures.map(({ id }) => id),
        unused(await exactly(await vectorOf(title))).slice(0, 6),
        title,
      );
      assert.ok(pictures.every((one) => one.unused));
    }
  });

  test('also before it is saved, of a title that is long and on several lines', async () => {
    const first = (await proposed({ title: 'red dress' })).pictures;
    assert.deepEqual((await proposed({ title: ' red\ndress\n' })).pictures, first);
    const long = 'a red dress with long sleeves and a belt '.repeat(20);
    const { pictures, words: searched } = await proposed({ title: long });
    assert.deepEqual([pictures.length, searched], [6, true]);
  });

  test('beside what its siblings show', async () => {
    const create = shop.strapi.documents('api::category.category' as never).create as (params: object) => Promise<{
      documentId: string;
    }>;
    const category = await create({ data: { name: 'Dresses' } });
    await createProduct(shop, { name: 'Sibling', images: [files[0]], category: category.documentId });
    const { pictures, ...how } = await proposed({ values: { category: category.documentId }, title: 'red dress' });
    assert.deepEqual(how, { siblings: 1, words: true, wordsUnready: false });
    const both = await similar(shop, ids[0], `type=file&q=red dress&pagination[limit]=${COUNT}`);
    assert.deepEqual(
      pictures.map(({ id }) => id),
      unused(fileIds(both) as number[]).slice(0, 6),
    );
  });
});
