import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { colourOfHex } from '../../plugin/colour/hex';
import { NAMED_COLOURS } from '../../plugin/colour/named';
import { distanceFrom, MOST_DISTANCE, paletteOf, type Swatch } from '../../plugin/colour/palette';
import { MISSING_STAMP } from '../../plugin/ports';
import { miniatureOf } from '../../plugin/same-photo/miniature';
import { dot } from '../../plugin/vectors/cosine';
import { decodeFloat16, encodeFloat16 } from '../../plugin/vectors/float16';
import { createFiles, giveVectors } from '../helpers/given-vectors';
import { picture } from '../helpers/pictures';
import { createProduct, fileIds, PRODUCT, type SimilarAnswer, similar, similarityOf, storeOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import { createClusters, createRandom } from '../helpers/vectors';

/** More than are ranked exactly as a whole: both ways of the search are taken. */
const COUNT = 2_600;
const PRODUCTS = 240;
const PAGE = 7;
const PAGES = 3;
/** From the one that most pictures have to one that hardly any has. */
const COLOURS = ['8a8d8f', '2e5cb8', 'cc1f1f', 'd9a441', '2fae3c', '7d3c98', 'e377c2'];
/** That, shades of it, and what nothing has. */
const WANTED = [...COLOURS, 'b01818', '%2325a', '%2300ffff'];

interface Picture {
  id: number;
  width: number;
  vector: Float32Array;
  /** None: it is from before there were miniatures. */
  palette: Swatch[];
}

interface Product {
  documentId: string;
  sku: string | null;
  pictures: Picture[];
}

const random = createRandom(29);
const any = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
const drawColour = () => COLOURS[Math.min(COLOURS.length - 1, Math.floor(-Math.log(1 - random()) / 0.8))];

let shop: Playground;
const pictures: Picture[] = [];
const products: Product[] = [];

/** A thing on white that has up to three colours. */
function miniature(): Uint8Array {
  const stripes = Array.from({ length: 1 + Math.floor(random() * 3) }, drawColour);
  const size = 32;
  const pixels = Array.from({ length: size * size }, (_, at) => {
    const [x, y] = [at % size, Math.floor(at / size)];
    if (Math.min(x, y) < 6 || Math.max(x, y) >= size - 6) return [255, 255, 255];
    const digits = stripes[Math.floor(((y - 6) / (size - 12)) * stripes.length)];
    return [0, 2, 4].map((from) => Number.parseInt(digits.slice(from, from + 2), 16));
  });
  return miniatureOf(pixels.flat(), size);
}

before(async () => {
  // Nothing is embedded: vectors and miniatures are given.
  shop = await startPlayground({ config: { indexing: false } });
  const next = createClusters(similarityOf(shop).space.dims, 40, random);
  const created = await createFiles(shop, COUNT, () => ({ width: Math.floor(random() * 100) }));
  const miniatures = new Map<number, Uint8Array>();
  for (const { id, width } of created) {
    if (random() < 0.95) miniatures.set(id, miniature());
    const small = miniatures.get(id);
    const vector = decodeFloat16(encodeFloat16(next()));
    pictures.push({ id, width, vector, palette: small ? paletteOf(small) : [] });
  }
  for (let at = 0; at < PRODUCTS; at++) {
    const own = [...new Set(Array.from({ length: 1 + Math.floor(random() * 3) }, () => any(pictures)))];
    const sku = random() < 0.3 ? null : `family ${Math.floor(random() * 30)}`;
    const { documentId } = await createProduct(shop, { name: `product ${at}`, sku, images: own });
    products.push({ documentId, sku, pictures: own });
  }
  await giveVectors(shop, new Map(pictures.map(({ id, vector }) => [id, vector])), miniatures);
});
after(() => shop?.stop());

const cosine = (a: Picture, b: Picture) =>
  dot(a.vector, b.vector) / Math.sqrt(dot(a.vector, a.vector) * dot(b.vector, b.vector));
const shows = (one: Picture, color: string) =>
  distanceFrom(one.palette, colourOfHex(color.replace('%23', '#'))) <= MOST_DISTANCE;

/** Of each query picture the best match among those of a product that have the colour, and how alike the nearest is. */
function likenessOf(query: Picture[], { pictures: all }: Product, color: string) {
  const own = all.filter((one) => shows(one, color));
  const best = query.map((one) => Math.max(...own.map((other) => cosine(one, other))));
  return { best: Math.max(...best), mean: best.reduce((sum, value) => sum + value, 0) / best.length };
}

const ranked = (query: Product, color: string, by: 'best' | 'mean' = 'best') =>
  products
    .filter((product) => product !== query && product.pictures.some((one) => shows(one, color)))
    .map((product) => ({ product, ...likenessOf(query.pictures, product, color) }))
    .sort((a, b) => b[by] - a[by]);

async function pages(id: string | number, query: string): Promise<SimilarAnswer['body']['data']> {
  const found: SimilarAnswer['body']['data'] = [];
  for (let start = 0; start < PAGE * PAGES; start += PAGE) {
    const answer = await similar(shop, id, `${query}&pagination[start]=${start}&pagination[limit]=${PAGE}`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    found.push(...answer.body.data);
  }
  return found;
}

const pinsOf = (source: string, target: string) => ({ kind: 'pin', type: PRODUCT, source, target, place: 1 });

describe('pages are those of the exact ranking of what has the colour', () => {
  for (const color of WANTED) {
    test(`files: ${color}`, async () => {
      for (const query of [pictures[0], any(pictures), any(pictures)]) {
        for (const least of [0, 50, 98]) {
          const exact = pictures
            .filter((one) => one !== query && one.width >= least && shows(one, color))
            .map((one) => ({ id: one.id, similarity: cosine(query, one) }))
            .sort((a, b) => b.similarity - a.similarity || a.id - b.id);
          const filters = least > 0 ? `&filters[width][$gte]=${least}` : '';
          const found = await pages(query.id, `color=${color}${filters}`);
          assert.deepEqual(
            found.map(({ file }) => file?.id),
            exact.slice(0, PAGE * PAGES).map(({ id }) => id),
          );
        }
      }
    });

    test(`entries, each with its nearest picture that has it: ${color}`, async () => {
      for (const by of ['best', 'mean'] as const) {
        const query = products.find((one) => one.pictures.length === 3) as Product;
        const exact = ranked(query, color, by).slice(0, PAGE * PAGES);
        const found = await pages(query.documentId, `color=${color}&match=${by}`);
        // Entries that share a picture are equally alike: they are told by that.
        const near = (values: number[]) => values.map((value) => value.toFixed(3));
        const of = (documentId: unknown) => products.find((one) => one.documentId === documentId) as Product;
        assert.deepEqual(
          near(found.map(({ entry }) => likenessOf(query.pictures, of(entry?.documentId), color)[by])),
          near(exact.map((entry) => entry[by])),
        );
        assert.equal(new Set(found.map(({ entry }) => entry?.documentId)).size, found.length);
        for (const { match } of found) {
          assert.ok(shows(pictures.find(({ id }) => id === match?.result.id) as Picture, color));
        }
      }
    });
  }

  test('the colours are told apart, and each of these cases is one', () => {
    const counts = WANTED.map((color) => pictures.filter((one) => shows(one, color)).length);
    assert.equal(counts.at(-1), 0);
    assert.ok(counts[0] > 1_000 && Math.min(...counts.slice(0, -1)) > 0, counts.join());
    assert.ok(
      counts.slice(0, -1).some((count) => count < 100),
      counts.join(),
    );
  });
});

describe('colorWeight: pages are those of the exact ranking by the blend', () => {
  const tinted = (likeness: number, colour: number, weight: number) => (1 - weight) * likeness + weight * colour;
  const tintOf = (one: Picture, color: string) =>
    Math.max(0, 1 - (one.palette.length > 0 ? distanceFrom(one.palette, colourOfHex(color)) : 1) / 0.2);

  for (const weight of [0, 0.3, 0.8, 1]) {
    test(`files, ${weight}`, async () => {
      for (const color of [COLOURS[0], COLOURS[5]]) {
        const query = any(pictures);
        const exact = pictures
          .filter((one) => one !== query)
          .map((one) => ({ one, rank: tinted(cosine(query, one), tintOf(one, color), weight) }))
          .sort((a, b) => b.rank - a.rank || a.one.id - b.one.id);
        const found = await pages(query.id, `color=${color}&colorWeight=${weight}`);
        const near = (values: number[]) => values.map((value) => value.toFixed(3));
        const shown = found.map(({ file }) => pictures.find(({ id }) => id === file?.id) as Picture);
        assert.equal(new Set(shown).size, PAGE * PAGES);
        assert.deepEqual(
          near(shown.map((one) => tinted(cosine(query, one), tintOf(one, color), weight))),
          near(exact.slice(0, PAGE * PAGES).map(({ rank }) => rank)),
        );
        for (const [at, { similarity }] of found.entries())
          assert.ok(Math.abs((similarity as number) - cosine(query, shown[at])) < 1e-3, 'it stays the cosine');
      }
    });

    for (const by of ['best', 'mean'] as const) {
      test(`entries, ${by}, ${weight}`, async () => {
        const color = COLOURS[3];
        const query = products.find((one) => one.pictures.length === 3) as Product;
        const rankOf = ({ pictures: own }: Product) => {
          const likeness = (one: Picture) => Math.max(...query.pictures.map((other) => cosine(other, one)));
          if (by === 'best') return Math.max(...own.map((one) => tinted(likeness(one), tintOf(one, color), weight)));
          const best = query.pictures.map((one) => Math.max(...own.map((other) => cosine(one, other))));
          const mean = best.reduce((sum, value) => sum + value, 0) / best.length;
          return tinted(mean, Math.max(...own.map((one) => tintOf(one, color))), weight);
        };
        const exact = products
          .filter((one) => one !== query && one.pictures.length > 0)
          .map(rankOf)
          .sort((a, b) => b - a);
        const found = await pages(query.documentId, `color=${color}&colorWeight=${weight}&match=${by}`);
        const shown = found.map(({ entry }) => products.find((one) => one.documentId === entry?.documentId) as Product);
        const near = (values: number[]) => values.map((value) => value.toFixed(3));
        assert.deepEqual(near(shown.map(rankOf)), near(exact.slice(0, PAGE * PAGES)));
      });
    }
  }

  test('it needs a colour', async () => {
    const { status, body } = await similar(shop, pictures[0].id, 'colorWeight=0.5');
    assert.deepEqual(
      [status, (body as { error?: { details?: { code?: string } } }).error?.details?.code],
      [400, 'INVALID_PARAMETER'],
    );
  });
});

describe('meta.colors', () => {
  interface WithColors {
    meta: { colors?: Array<{ name: string; hex: string; count: number }> };
  }
  async function colorsOf(id: string | number, query: string) {
    const { status, body } = await similar(shop, id, query);
    assert.equal(status, 200, JSON.stringify(body));
    return (body as unknown as WithColors).meta.colors;
  }
  const counted = (shown: readonly Picture[]) =>
    NAMED_COLOURS.map(({ name, hex }) => ({ name, hex, count: shown.filter((one) => shows(one, hex)).length })).filter(
      ({ count }) => count > 0,
    );

  test('counts the colours of the nearest 200, whichever page is shown', async () => {
    for (const query of [pictures[0], any(pictures)]) {
      const exact = pictures
        .filter((one) => one !== query)
        .map((one) => ({ one, similarity: cosine(query, one) }))
        .sort((a, b) => b.similarity - a.similarity || a.one.id - b.one.id);
      const wanted = counted(exact.slice(0, 200).map(({ one }) => one));
      assert.ok(wanted.length >= 4, JSON.stringify(wanted));
      for (const start of [0, PAGE, 300]) {
        const paging = `pagination[start]=${start}&pagination[limit]=${PAGE}`;
        assert.deepEqual(await colorsOf(query.id, `colors=true&${paging}`), wanted, `from ${start}`);
      }
    }
  });

  test('the admin filters and counts as the API does', async () => {
    const query = pictures[0];
    const hex = 'c4242c';
    const paging = `pagination[limit]=${PAGE}`;
    const [plain, filtered] = await Promise.all([
      colorsOf(query.id, `colors=true&${paging}`),
      similar(shop, query.id, `color=${hex}&${paging}`),
    ]);
    const asked = { type: 'file', pictures: [query.id], limit: PAGE };
    const counts = await shop.admin('POST', '/similar/items', { ...asked, colors: true });
    assert.equal(counts.status, 200, JSON.stringify(counts.body));
    assert.deepEqual(counts.body.colors, plain);
    const found = await shop.admin('POST', '/similar/items', { ...asked, color: hex });
    assert.equal(found.status, 200, JSON.stringify(found.body));
    assert.equal(found.body.colors, undefined);
    const pictureIds = found.body.items.map((item: { picture: { id: number } }) => item.picture.id);
    assert.deepEqual(pictureIds, fileIds(filtered));

    const refused = await shop.admin('POST', '/similar/items', { ...asked, color: 'reddish' });
    assert.equal(refused.status, 400);
    assert.match(JSON.stringify(refused.body), /hex colour/);
  });

  test('of a filtered search, those that the filters leave, and a colour has as many as `color` finds', async () => {
    const query = pictures[0];
    const filters = 'filters[width][$gte]=98';
    const found = await colorsOf(query.id, `colors=true&${filters}`);
    const left = pictures.filter((one) => one !== query && one.width >= 98);
    assert.ok(left.length <= 200, `${left.length} are counted`);
    assert.deepEqual(found, counted(left));
    for (const { hex, count } of found ?? []) {
      const { body } = await similar(shop, query.id, `color=${hex}&${filters}&pagination[limit]=100`);
      assert.equal(body.data.length, Math.min(100, count), hex);
    }
  });

  test('of entries, by the picture that matched; without `colors` there are none', async () => {
    const query = products.find((one) => one.pictures.length === 3) as Product;
    const { body } = await similar(shop, query.documentId, 'colors=true&color=7d3c98&pagination[limit]=100');
    const shown = body.data.map(({ match }) => pictures.find(({ id }) => id === match?.result.id) as Picture);
    assert.ok(shown.length > 2 && shown.length < 100, `${shown.length} have it`);
    assert.deepEqual((body as unknown as WithColors).meta.colors, counted(shown));
    assert.equal(await colorsOf(query.documentId, 'pagination[limit]=1'), undefined);
  });
});

describe('together with', () => {
  const color = COLOURS[1];

  test('groupBy: the others of a group are those that have the colour', async () => {
    const query = products.find(({ sku }) => sku === null) as Product;
    const found = await pages(query.documentId, `color=${color}&groupBy=sku`);
    const families = ranked(query, color).flatMap(({ product }) => product.sku ?? []);
    const grouped = found.filter(({ entry }) => entry?.sku !== null);
    assert.ok(grouped.length > 5);
    for (const { entry, group } of grouped) {
      assert.equal(group?.others, families.filter((sku) => sku === entry?.sku).length - 1);
    }
    assert.equal(new Set(grouped.map(({ entry }) => entry?.sku)).size, grouped.length);
  });

  test('a batch', async () => {
    const ids = pictures.slice(0, 30).map(({ id }) => id);
    const body = JSON.stringify({ ids });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const answer = await shop.api(`/api/similar/batch?color=${color}&pagination[limit]=${PAGE}`, init);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    for (const [at, one] of answer.body.data.entries()) {
      const alone = await similar(shop, ids[at], `color=${color}&pagination[limit]=${PAGE}`);
      assert.deepEqual(fileIds({ ...answer, body: one }), fileIds(alone));
      assert.equal(one.data.length, PAGE);
    }
  });

  test('a picture that is sent', async () => {
    const body = new FormData();
    body.append('picture', new Blob([new Uint8Array(await picture('disc', '#2e5cb8'))]), 'picture.png');
    const answer = await shop.api(`/api/similar/search?type=${PRODUCT}&color=${color}`, { method: 'POST', body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.ok(answer.body.data.length > 0);
    for (const { match } of answer.body.data) {
      assert.ok(shows(pictures.find(({ id }) => id === match?.result.id) as Picture, color));
    }
  });

  test('pins: those that have the colour, with the picture that has it', async () => {
    const rules = shop.strapi.plugin('similar').service('rules');
    const [query] = products;
    const others = products.slice(1);
    const mixed = others.find(
      ({ pictures: own }) =>
        own.length > 1 && own.some((one) => shows(one, color)) && !own.every((one) => shows(one, color)),
    ) as Product;
    const without = others.find(({ pictures: own }) => !own.some((one) => shows(one, color))) as Product;
    for (const [target, isThere] of [
      [mixed, true],
      [without, false],
    ] as const) {
      const pin = pinsOf(query.documentId, target.documentId);
      await rules.set(pin);
      const [first] = (await similar(shop, query.documentId, `color=${color}`)).body.data;
      await rules.remove(pin);
      assert.equal(first.entry?.documentId === target.documentId, isThere);
      assert.equal(first.source, isThere ? 'pinned' : 'visual');
      assert.ok(shows(pictures.find(({ id }) => id === first.match?.result.id) as Picture, color));
    }
  });

  test('the fallback: it fills no page, as nothing that has the colour is left', async () => {
    const { config } = shop.strapi;
    config.set('plugin::similar.fallback', { [PRODUCT]: { sort: 'createdAt:desc' } });
    const sources = async (query: string) =>
      (await similar(shop, products[0].documentId, query)).body.data.map(({ source }) => source);
    try {
      assert.ok((await sources('minScore=1')).includes('fallback'));
      assert.deepEqual(await sources(`minScore=1&color=${color}`), []);
    } finally {
      config.set('plugin::similar.fallback', {});
    }
  });
});

test('a wrong colour is refused by the name of its parameter', async () => {
  for (const color of ['', 'red', 'a3', '%23', 'aa33333', 'a33&color=b44']) {
    const { status, body } = await similar(shop, pictures[0].id, `color=${color}`);
    assert.equal(status, 400, color);
    assert.equal(body.error.details.code, 'INVALID_PARAMETER');
    assert.deepEqual(body.error.details.errors?.[0].path, ['color']);
    assert.match(body.error.message, /hex colour/);
  }
});

test('what is stored later is found by its colour', async () => {
  const ofColour = async () => (await similarityOf(shop).colours.having(colourOfHex('00ffff'))).size;
  assert.equal(await ofColour(), 0);
  const [{ id, vector }] = pictures;
  const cyan = miniatureOf(Array.from({ length: 32 * 32 }, () => [0, 255, 255]).flat(), 32);
  const [store, { space }] = [storeOf(shop), similarityOf(shop)];
  await store.enqueue(space.id, [id]);
  const [claim] = await store.claim(space.id, 1, 60_000);
  await store.complete([{ claim, digest: 'new', stamp: MISSING_STAMP, vector, miniature: cyan }]);
  assert.equal(await ofColour(), 1);
});
