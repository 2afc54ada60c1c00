import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withoutPermission } from '../helpers/permissions';
import { picture } from '../helpers/pictures';
import { createProduct, fileIds, names, PRODUCT, searchable, similar } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

let shop: Playground;
let red: UploadedFile;
let red2: UploadedFile;
let red3: UploadedFile;
let blue: UploadedFile;
let lone: UploadedFile;
const ids: Record<string, string> = {};

before(async () => {
  shop = await startPlayground();
  const colours = ['#e00', '#d11', '#e21', '#00e', '#0a0'];
  const pictures = await Promise.all(colours.map((colour, at) => picture(at < 3 ? 'disc' : 'stripes', colour)));
  const files = await shop.upload(pictures.map((bytes, at) => ({ name: `${at}.jpg`, bytes })));
  [red, red2, red3, blue, lone] = files;
  await searchable(shop, files);
  const products = {
    red: { images: [red], purchasePrice: 1 },
    redAndBlue: { images: [blue, red2], purchasePrice: 2 },
    blue: { images: [blue], purchasePrice: 3 },
    draft: { images: [red3], status: 'draft' as const },
    bare: { images: [] },
  };
  for (const [name, data] of Object.entries(products))
    ids[name] = (await createProduct(shop, { name, ...data })).documentId;
});
after(() => shop?.stop());

describe('a file', () => {
  test('is asked for by id or documentId, itself excluded, best first', async () => {
    for (const id of [red.id, red.documentId]) {
      const answer = await similar(shop, id);
      assert.equal(answer.status, 200);
      assert.equal(answer.body.meta.status, 'ready');
      assert.ok(!fileIds(answer).includes(red.id));
      const scores = answer.body.data.map(({ similarity }) => similarity as number);
      assert.deepEqual(
        scores,
        scores.toSorted((a, b) => b - a),
      );
      for (const score of scores) assert.equal(score, Math.round(score * 1000) / 1000);
    }
  });

  test('comes with the pair of pictures, and without private attributes', async () => {
    const { data, meta } = (await similar(shop, red.id, 'pagination[limit]=1')).body;
    const [first] = data;
    assert.equal(first.type, 'file');
    assert.deepEqual(first.match?.query, { id: red.id, documentId: red.documentId, url: red.url });
    assert.equal(first.match?.result.id, first.file?.id);
    assert.ok(!('folderPath' in (first.file ?? {})));
    assert.deepEqual(meta.pagination, { start: 0, limit: 1, hasMore: true });
    assert.equal(meta.model, 'efficientnet-lite0');
  });

  test('pages join up: no result twice, none lost, the last one says so', async () => {
    const all = fileIds(await similar(shop, red.id));
    const paged: number[] = [];
    for (let page = 1, more = true; more; page += 1) {
      const answer = await similar(shop, red.id, `pagination[page]=${page}&pagination[pageSize]=2`);
      paged.push(...fileIds(answer));
      more = answer.body.meta.pagination.hasMore;
    }
    assert.equal(all.length, 4);
    assert.deepEqual(paged, all);
  });
});

describe('an entry', () => {
  test('finds entries of its type by their best picture, each once', async () => {
    const answer = await similar(shop, ids.blue);
    assert.equal(answer.status, 200);
    assert.deepEqual(names(answer), ['redAndBlue', 'red']);
    const [first] = answer.body.data;
    assert.equal(first.type, PRODUCT);
    assert.equal(first.similarity, 1, 'both hold the same picture');
    assert.equal(first.match?.query?.id, blue.id);
    assert.equal(first.match?.result.id, blue.id);
    assert.ok(Array.isArray(first.entry?.images), 'pictures are populated by default');
  });

  test('drafts are neither found nor can they be asked for', async () => {
    assert.ok(!names(await similar(shop, ids.red)).includes('draft'));
    const { status, body } = await similar(shop, ids.draft);
    assert.equal(status, 404);
    assert.equal(body.error.details.code, 'NOT_FOUND');
  });

  test('what is unpublished leaves the results', async () => {
    const { documentId } = await createProduct(shop, { name: 'for a day', images: [red3] });
    assert.ok(names(await similar(shop, ids.red)).includes('for a day'));
    await shop.strapi.documents(PRODUCT as never).unpublish({ documentId } as never);
    assert.ok(!names(await similar(shop, ids.red)).includes('for a day'));
    await shop.strapi.documents(PRODUCT as never).delete({ documentId } as never);
  });

  test('without pictures: status empty', async () => {
    const { status, body } = await similar(shop, ids.bare);
    assert.equal(status, 200);
    assert.equal(body.meta.status, 'empty');
    assert.deepEqual(body.data, []);
  });

  test('in the asked locale only', async () => {
    assert.equal((await similar(shop, ids.red, 'locale=de')).status, 404);
    for (const [name, images] of [
      ['rot', [red]],
      ['blau', [blue]],
    ] as const) {
      const documentId = ids[name === 'rot' ? 'red' : 'blue'];
      const data = { name, images: images.map(({ id }) => id) };
      const document = { documentId, data, locale: 'de', status: 'published' };
      await shop.strapi.documents(PRODUCT as never).update(document as never);
    }
    assert.deepEqual(names(await similar(shop, ids.red, 'locale=de')), ['blau']);
    assert.ok(!names(await similar(shop, ids.red)).includes('blau'));
  });

  test('fields and populate work as in the content API, and private attributes never leak', async () => {
    const plain = (await similar(shop, ids.red)).body.data[0].entry ?? {};
    assert.ok('price' in plain && !('purchasePrice' in plain));
    const chosen = (await similar(shop, ids.red, 'fields[0]=name&populate=category')).body.data[0].entry ?? {};
    assert.deepEqual(Object.keys(chosen).sort(), ['category', 'documentId', 'id', 'name']);
    for (const query of ['fields[0]=purchasePrice', 'fields=purchasePrice', 'populate[createdBy]=1']) {
      const { status, body } = await similar(shop, ids.red, query);
      assert.equal(status, 400, query);
      assert.equal(body.error.details.code, 'INVALID_PARAMETER');
      assert.match(body.error.message, /^(fields|populate): /);
    }
    const everything = await similar(shop, ids.red, 'populate=*&fields=*');
    assert.ok(!JSON.stringify(everything.body).includes('purchasePrice'));
  });
});

test('a page is full even when nearly all near pictures belong to nothing that may be shown', async () => {
  const crowd = await Promise.all(Array.from({ length: 80 }, (_, at) => picture('disc', `rgb(${230 - at},0,${at})`)));
  const files = await shop.upload(crowd.map((bytes, at) => ({ name: `crowd-${at}.jpg`, bytes })));
  await searchable(shop, files);
  const far = await createProduct(shop, { name: 'far', images: [lone] });
  assert.ok(names(await similar(shop, ids.red)).includes('far'));
  await shop.strapi.documents(PRODUCT as never).delete({ documentId: far.documentId } as never);
});

describe('errors', () => {
  const unknown = ['99999', '99999999999999', 'doesnotexist', 'x'.repeat(300), '%00', '-1', "1'"];
  for (const id of unknown) {
    test(`unknown id ${id.slice(0, 20)} is a 404`, async () => {
      const { status, body } = await similar(shop, id);
      assert.equal(status, 404);
      assert.equal(body.error.name, 'NotFoundError');
    });
  }

  const wrong: Array<[query: string, parameter: string[]]> = [
    ['status=other', ['status']],
    ['filters[colour]=x', ['filters']],
    ['filters[purchasePrice]=1', ['filters']],
    ['type=product', ['type']],
    ['type=api::category.category', ['type']],
    ['minScore=1.5', ['minScore']],
    ['diversify=much', ['diversify']],
    ['match=worst', ['match']],
    ['like=%00', ['like']],
    ['pagination[pageSize]=abc', ['pagination', 'pageSize']],
    ['pagination[limit]=0', ['pagination', 'limit']],
    ['pagination[start]=990&pagination[limit]=11', ['pagination']],
    ['locale=*', ['locale']],
  ];
  for (const [query, parameter] of wrong) {
    test(`?${query} is a 400 that names ${parameter.join('.')}`, async () => {
      const { status, body } = await similar(shop, ids.red, query);
      assert.equal(status, 400);
      assert.equal(body.error.name, 'ValidationError');
      assert.deepEqual(body.error.details.errors?.[0].path, parameter);
    });
  }
});

test('what Strapi ignores or cuts is ignored or cut here, too', async () => {
  const plain = await similar(shop, ids.red);
  for (const query of ['utm_source=x&fbclid=y', 'sort=name:desc', 'pagination[withCount]=true']) {
    const { status, body } = await similar(shop, ids.red, query);
    assert.equal(status, 200, query);
    assert.deepEqual(body.data, plain.body.data, query);
  }
  const large = await similar(shop, ids.red, 'pagination[pageSize]=500');
  assert.equal(large.status, 200);
  assert.deepEqual(large.body.meta.pagination, { page: 1, pageSize: 100, hasMore: false });
});

test('where Strapi is told to be strict, unknown parameters are refused', async () => {
  shop.strapi.config.set('api.rest.strictParams', true);
  try {
    const { status, body } = await similar(shop, ids.red, 'utm_source=x');
    assert.equal(status, 400);
    assert.match(body.error.message, /Unknown parameter utm_source/);
    assert.equal((await similar(shop, ids.red, 'pagination[withCount]=false')).status, 200);
  } finally {
    shop.strapi.config.set('api.rest.strictParams', undefined);
  }
});

describe('permissions', () => {
  const without = async (action: string, check: () => Promise<void>) =>
    void (await withoutPermission(shop, action, check));

  async function refused(id: string | number): Promise<string> {
    const { status, body } = await similar(shop, id);
    assert.equal(status, 403);
    assert.equal(body.error.details.code, 'FORBIDDEN');
    return body.error.message;
  }

  test('entries also need the find permission of their type, which an id alone does not tell', () =>
    without(`${PRODUCT}.find`, async () => {
      assert.doesNotMatch(await refused(ids.red), /product/);
      assert.equal((await similar(shop, red.id)).status, 200, 'files are not concerned');
    }));

  test('files also need the find permission of files, and ids that exist are not told from others', () =>
    without('plugin::upload.content-api.find', async () => {
      for (const id of [red.id, 99_999]) assert.match(await refused(id), /plugin::upload\.content-api\.find/);
      assert.doesNotMatch(await refused(red.documentId), /upload/);
      await refused(red.documentId);
      assert.equal((await similar(shop, ids.red)).status, 200, 'entries are not concerned');
    }));

  test('nothing goes without similar.find', () =>
    without('plugin::similar.similar.find', async () => {
      assert.equal((await similar(shop, red.id)).status, 403);
    }));

  test('relations that the caller may not read are left out', () =>
    without('api::category.category.find', async () => {
      const { body } = await similar(shop, ids.red, 'populate=category');
      assert.ok(!('category' in (body.data[0].entry ?? {})));
    }));
});
