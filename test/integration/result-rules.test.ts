import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { configSchema } from '../../plugin/contracts/config';
import { dot, normalise } from '../../plugin/vectors/cosine';
import { decodeFloat16, encodeFloat16 } from '../../plugin/vectors/float16';
import { checkTypes } from '../../server/src/util/configurable-types';
import { distWith, media } from '../helpers/content-model';
import { createFiles, giveVectors } from '../helpers/given-vectors';
import { withoutPermission } from '../helpers/permissions';
import { createProduct, PRODUCT, type SimilarAnswer, similar, similarityOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import { APP_DIR } from '../helpers/strapi-folder';
import { createClusters, createRandom } from '../helpers/vectors';

const FILE = 'plugin::upload.file';
const CATEGORY = 'api::category.category';
const COUNT = 300;
/** So many have a second picture. */
const COVERS = 30;
/** More of them than one page holds, and all in one family. */
const LARGE_FAMILY = 120;
const PAGE = 7;
const WEIGHTS = { cover: 1, images: 0.6 };

interface Picture {
  vector: Float32Array;
  field: keyof typeof WEIGHTS;
}

interface Item {
  name: string;
  documentId: string;
  price: number | null;
  stock: number | null;
  /** The family. */
  sku: string | null;
  category: string | null;
  pictures: Picture[];
}

const random = createRandom(23);
const any = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
let shop: Playground;
const items: Item[] = [];

before(async () => {
  const schema = path.join(APP_DIR, 'src/api/product/content-types/product/schema.json');
  const { attributes } = JSON.parse(readFileSync(schema, 'utf8'));
  shop = await startPlayground({
    dist: distWith({ types: { product: { localized: true, attributes: { ...attributes, cover: media() } } } }),
    // Nothing is embedded: the vectors are given.
    config: { indexing: false },
  });
  const { space } = similarityOf(shop);
  const next = createClusters(space.dims, 12, random);
  const categories: string[] = [];
  for (const name of ['Shoes', 'Bags', 'Hats']) {
    const made = await shop.strapi
      .documents(CATEGORY as never)
      .create({ data: { name }, status: 'published' } as never);
    categories.push((made as { documentId: string }).documentId);
  }
  const files = await createFiles(shop, COUNT + COVERS, () => ({}));
  const vectors: Float32Array[] = [];
  // Every fifth is the picture of another one, saved again.
  for (const at of files.keys()) {
    vectors.push(at > 0 && at % 5 === 0 ? any(vectors) : decodeFloat16(encodeFloat16(next())));
  }
  for (const [at, { id }] of files.slice(0, COUNT).entries()) {
    const data = {
      name: `product ${at}`,
      price: random() < 0.1 ? null : Math.round(random() * 100),
      stock: random() < 0.1 ? null : Math.floor(random() * 4),
      sku: at < LARGE_FAMILY ? 'large' : random() < 0.2 ? null : `family ${Math.floor(random() * 40)}`,
      category: random() < 0.1 ? null : any(categories),
    };
    const cover = at % Math.floor(COUNT / COVERS) === 0 ? COUNT + at / Math.floor(COUNT / COVERS) : undefined;
    const more = cover === undefined ? {} : { cover: files[cover].id };
    const { documentId } = await createProduct(shop, { ...data, ...more, images: [{ id }] });
    const pictures: Picture[] = [{ vector: vectors[at], field: 'images' }];
    if (cover !== undefined) pictures.push({ vector: vectors[cover], field: 'cover' });
    items.push({ ...data, documentId, pictures });
  }
  await giveVectors(shop, new Map(files.map(({ id }, at) => [id, vectors[at]])));
});
after(() => shop?.stop());

const unit = (vector: Float32Array) => normalise(vector) as Float32Array;
const cosine = (a: Float32Array, b: Float32Array) => dot(unit(a), unit(b));

/** An item's best pair of pictures. */
function best(query: Item, item: Item, weighted: boolean): { rank: number; vector: Float32Array } {
  const weigh = (similarity: number, one: Picture, other: Picture) =>
    weighted && similarity > 0 ? similarity * WEIGHTS[one.field] * WEIGHTS[other.field] : similarity;
  const pairs = query.pictures.flatMap((one) =>
    item.pictures.map((other) => ({ rank: weigh(cosine(one.vector, other.vector), one, other), vector: other.vector })),
  );
  return pairs.reduce((known, pair) => (pair.rank > known.rank ? pair : known));
}

interface Rules {
  passes?(item: Item, query: Item): boolean;
  grouped?: boolean;
  ownGroup?: boolean;
  collapse?: boolean;
}

/** What an exact search gives under these rules, by definition. */
function exact(query: Item, rules: Rules, weighted = false): Item[] {
  const { passes = () => true, grouped, ownGroup, collapse } = rules;
  const ranked = items
    .filter((item) => item !== query && passes(item, query))
    .map((item) => ({ item, ...best(query, item, weighted) }))
    .sort((a, b) => b.rank - a.rank);
  const groups = new Set(grouped && !ownGroup && query.sku !== null ? [query.sku] : []);
  const shown: typeof ranked = [];
  for (const found of ranked) {
    const { item, vector } = found;
    if (grouped && item.sku !== null && groups.has(item.sku)) continue;
    if (collapse && shown.some((other) => cosine(other.vector, vector) >= 0.97)) continue;
    if (item.sku !== null) groups.add(item.sku);
    shown.push(found);
  }
  return shown.map(({ item }) => item);
}

/** Names; of equally similar ones the order is not defined, so they are told by their similarity. */
const listed = (found: Item[], query: Item, weighted = false) =>
  found.map((item) => best(query, item, weighted).rank.toFixed(3)).slice(0, PAGE * 2);

async function pages(query: Item, parameters: string): Promise<Item[]> {
  const found: Item[] = [];
  for (const start of [0, PAGE]) {
    const answer = await similar(
      shop,
      query.documentId,
      `${parameters}&pagination[start]=${start}&pagination[limit]=${PAGE}`,
    );
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    for (const { entry } of answer.body.data) {
      found.push(items.find(({ documentId }) => documentId === entry?.documentId) as Item);
    }
  }
  return found;
}

const near = (share: number) => (item: Item, query: Item) =>
  query.price === null || (item.price !== null && Math.abs(item.price - query.price) <= query.price * share + 1e-9);
const ofCategory = (item: Item, query: Item) => query.category === null || item.category === query.category;

const CASES: Array<[parameters: string, rules: Rules]> = [
  ['same=category', { passes: ofCategory }],
  ['within[price]=20%25', { passes: near(0.2) }],
  [
    'within[price]=-5..10',
    {
      passes: (item, { price }) =>
        price === null || (item.price !== null && item.price >= price - 5 && item.price <= price + 10),
    },
  ],
  ['groupBy=sku', { grouped: true }],
  ['groupBy=sku&ownGroup=true', { grouped: true, ownGroup: true }],
  ['collapse=true', { collapse: true }],
  [
    'same=category&within[price]=60%25&groupBy=sku&collapse=true',
    { passes: (item, query) => ofCategory(item, query) && near(0.6)(item, query), grouped: true, collapse: true },
  ],
];

for (const weighted of [false, true]) {
  describe(weighted ? 'with weights' : 'without weights', () => {
    const config = (value: unknown) => shop.strapi.config.set('plugin::similar.contentTypes', value);
    before(() => config(weighted ? { [PRODUCT]: WEIGHTS } : '*'));
    after(() => config('*'));

    for (const [parameters, rules] of CASES) {
      test(`${parameters}: pages are those of the exact ranking under the rules`, async () => {
        // The first one has a cover.
        for (const query of [items[0], items[3], ...Array.from({ length: 5 }, () => any(items))]) {
          const found = await pages(query, parameters);
          const expected = exact(query, rules, weighted);
          assert.deepEqual(listed(found, query, weighted), listed(expected, query, weighted), query.name);
          assert.equal(new Set(found).size, found.length, 'nothing twice');
          if (!rules.grouped && !rules.collapse) continue;
          const families = found.flatMap(({ sku }) => sku ?? []);
          if (rules.grouped) assert.equal(new Set(families).size, families.length);
          if (rules.grouped && !rules.ownGroup) assert.ok(!families.includes(query.sku ?? ''));
        }
      });
    }
  });
}

test('a relation groups as well, and entries without one are in no group', async () => {
  const query = items.find(({ category }) => category !== null) as Item;
  const found = await pages(query, 'groupBy=category');
  const categories = found.flatMap(({ category }) => category ?? []);
  assert.equal(categories.length, 2, 'not its own');
  assert.ok(found.filter(({ category }) => category === null).length > 2);
});

test('says how many others there are in the group, of those that the filters let through', async () => {
  const query = items[LARGE_FAMILY + 1];
  const others = async (parameters: string) => {
    const answer = await similar(shop, query.documentId, `groupBy=sku&pagination[limit]=50&${parameters}`);
    const large = answer.body.data.find(({ entry }) => entry?.sku === 'large');
    const alone = answer.body.data.find(({ entry }) => entry?.sku === null);
    assert.equal(alone?.group, undefined);
    return large?.group?.others;
  };
  assert.equal(await others(''), LARGE_FAMILY - 1);
  const inStock = items.filter(({ sku, stock }) => sku === 'large' && (stock ?? 0) > 1).length;
  assert.equal(await others('filters[stock][$gt]=1'), inStock - 1);
});

describe('in the configuration', () => {
  const config = (value: unknown) => shop.strapi.config.set('plugin::similar.results', value);
  after(() => config({}));

  test('they hold unless the request says otherwise', async () => {
    config({ [PRODUCT]: { same: ['category'], exclude: { stock: { $lte: 0 } }, groupBy: 'sku' } });
    const query = items.find(({ category }) => category !== null) as Item;
    // Without a stock, an entry is not out of stock.
    const inStock = ({ stock }: Item) => stock === null || stock > 0;
    const rules: Rules = { passes: (item) => ofCategory(item, query) && inStock(item), grouped: true };
    assert.deepEqual(listed(await pages(query, ''), query), listed(exact(query, rules), query));
    const free = await pages(query, 'same=&groupBy=');
    assert.deepEqual(listed(free, query), listed(exact(query, { passes: inStock }), query));
    // A search from a picture has no entry to compare with: what can be applied is.
    const [file] = await shop.strapi.db.query(FILE).findMany({ limit: 1 });
    const answer = await similar(shop, file.id, `type=${PRODUCT}`);
    assert.equal(answer.status, 200);
    assert.ok(answer.body.data.every(({ entry }) => entry?.stock === null || (entry?.stock as number) > 0));
  });

  test('private attributes may be configured, and are not shown', async () => {
    config({ [PRODUCT]: { within: { purchasePrice: '10%' } } });
    const answer = await similar(shop, items[0].documentId);
    assert.equal(answer.status, 200);
    assert.ok(!JSON.stringify(answer.body).includes('purchasePrice'));
  });

  test('what is not there is refused', async () => {
    for (const [value, key] of [
      [{ same: ['colour'] }, 'same[0]'],
      [{ same: ['images'] }, 'same[0]'],
      [{ within: { name: '10%' } }, 'within'],
      [{ groupBy: 'nothing' }, 'groupBy'],
      [{ exclude: { $or: [{ sold: true }] } }, 'exclude'],
    ] as const) {
      const wrong = configSchema.parse({ results: { [PRODUCT]: value } });
      const isNamed = (error: Error) => error.message.includes(`results.${PRODUCT}.${key}`);
      assert.throws(() => checkTypes(shop.strapi, wrong), isNamed, key);
    }
    const other = configSchema.parse({ results: { 'api::no.such': { groupBy: 'name' } } });
    assert.throws(() => checkTypes(shop.strapi, other), /existing content type/);
  });
});

describe('requests', () => {
  const refused = (answer: SimilarAnswer, name: string) => {
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.equal(answer.body.error.details.errors?.[0].path[0], name);
  };

  test('name attributes that are there and that the caller may see', async () => {
    const id = items[0].documentId;
    for (const name of ['same', 'groupBy']) {
      for (const attribute of ['purchasePrice', 'nothing', 'images', '__proto__', 'a.b']) {
        refused(await similar(shop, id, `${name}=${attribute}`), name);
      }
    }
    for (const query of [
      'within[purchasePrice]=5%25',
      'within[name]=5%25',
      'within[price]=much',
      'within=5',
      'within[price]=5..',
    ]) {
      const answer = await similar(shop, id, query);
      refused(answer, 'within');
      assert.match(answer.body.error.message, /^Expected (a number|up to 10 attributes)/, query);
    }
    for (const query of ['ownGroup=yes', 'collapse=1']) refused(await similar(shop, id, query), query.split('=')[0]);
    refused(await similar(shop, id, `same=${Array.from({ length: 11 }, (_, at) => `a${at}`).join(',')}`), 'same');
    await withoutPermission(shop, `${CATEGORY}.find`, async () => {
      refused(await similar(shop, id, 'same=category'), 'same');
      refused(await similar(shop, id, 'groupBy=category'), 'groupBy');
    });
  });

  test('compare with an entry of the type that is searched', async () => {
    const [file] = await shop.strapi.db.query(FILE).findMany({ limit: 1 });
    refused(await similar(shop, file.id, `type=${PRODUCT}&same=category`), 'same');
    refused(await similar(shop, file.id, `type=${PRODUCT}&within[price]=5%25`), 'within');
    assert.equal((await similar(shop, file.id, `type=${PRODUCT}&groupBy=sku`)).status, 200);
  });
});
