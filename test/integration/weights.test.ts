import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dot, normalise } from '../../plugin/vectors/cosine';
import { decodeFloat16, encodeFloat16 } from '../../plugin/vectors/float16';
import { distWith, gallery, media } from '../helpers/content-model';
import { createFiles, giveVectors } from '../helpers/given-vectors';
import { grantVisitors } from '../helpers/permissions';
import { type SimilarAnswer, similar, similarityOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import { createClusters, createRandom } from '../helpers/vectors';

const LOOK = 'api::look.look';
const SHELF = 'api::shelf.shelf';
const WEIGHTS = { cover: 1, detail: 0.7, gallery: 0.5 };
const FIELDS = Object.keys(WEIGHTS) as Array<keyof typeof WEIGHTS>;
/** Rare, so that the first neighbours hardly ever have one and settle nothing. */
const COVERS = 0.02;
const PICTURES = 1_500;
const CLUSTERS = 8;
/** More than are ranked as a whole: neighbours are fetched until the page is certain. */
const ENTRIES = 2_300;
const PAGE = 7;
const BOOST = { field: 'price', weight: 0.2, halfAt: 50 };
/** From the plugin's defaults: two pictures are the same from here on. */
const IDENTICAL = 0.97;

interface Look {
  documentId: string;
  family: string;
  price: number;
  /** Weight by picture. */
  pictures: Map<number, number>;
}

const random = createRandom(41);
const any = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
const vectors = new Map<number, Float32Array>();
const looks: Look[] = [];
let files: number[];
let shop: Playground;

const chunked = <T>(items: T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / 100) }, (_, at) => items.slice(at * 100, at * 100 + 100));

/** Published entries that differ in this, by their documentIds. */
async function createEntries<More extends object>(uid: string, more: More[]): Promise<Array<More & Row>> {
  const { collectionName } = shop.strapi.contentTypes[uid as never] as { collectionName: string };
  const table = () => shop.strapi.db.connection(collectionName);
  await shop.strapi.documents(uid as never).create({ data: {}, status: 'published' } as never);
  const { id: _, ...row } = await table().whereNotNull('published_at').first();
  const rows = more.map((own, at) => ({
    ...row,
    ...own,
    document_id: `${collectionName}${String(at).padStart(8, '0')}`,
  }));
  for (const some of chunked(rows)) await table().insert(some);
  const ids = new Map<string, number>(
    (await table().select('id', 'document_id')).map(({ id, document_id }: { id: number; document_id: string }) => [
      document_id,
      id,
    ]),
  );
  return rows.map(({ document_id }, at) => ({
    ...more[at],
    id: ids.get(document_id) as number,
    documentId: document_id,
  }));
}

interface Row {
  id: number;
  documentId: string;
}

async function link(uid: string, links: Array<{ related_id: number; field: string; file_id: number; order: number }>) {
  const table = shop.strapi.db.connection('files_related_mph');
  for (const some of chunked(links)) await table.clone().insert(some.map((one) => ({ ...one, related_type: uid })));
}

before(async () => {
  const attributes = { family: { type: 'string' }, price: { type: 'integer' }, cover: media() };
  shop = await startPlayground({
    dist: distWith({
      types: {
        look: { attributes: { ...attributes, detail: media(), gallery: gallery() } },
        shelf: { attributes: { ...attributes, detail: media(), gallery: gallery() } },
      },
    }),
    // Nothing is embedded: the vectors are given.
    config: { indexing: false, contentTypes: { [LOOK]: WEIGHTS, [SHELF]: WEIGHTS } },
  });
  await grantVisitors(shop, `${LOOK}.find`, `${SHELF}.find`);
  const next = createClusters(similarityOf(shop).space.dims, CLUSTERS, random);
  files = (await createFiles(shop, PICTURES, () => ({}))).map(({ id }) => id);
  for (const [at, id] of files.entries()) {
    // Some are another one, saved again.
    const copied = at > 0 && random() < 0.1 ? vectors.get(files[Math.floor(random() * at)]) : undefined;
    vectors.set(id, copied ?? (normalise(decodeFloat16(encodeFloat16(next()))) as Float32Array));
  }
  const rows = Array.from({ length: ENTRIES }, () => ({
    family: `family ${any([...'abcdefgh'])}`,
    price: Math.floor(random() * 200),
  }));
  const links: Parameters<typeof link>[1] = [];
  const homes = Array.from({ length: CLUSTERS * 2 }, () => any(files)).map((home) =>
    files.filter((file) => cosine(home, file) > 0.4),
  );
  for (const { id, ...row } of await createEntries(LOOK, rows)) {
    // Pictures of one entry look alike, more often than not.
    const alike = any(homes);
    const some = () => (random() < 0.7 ? any(alike) : any(files));
    const held = {
      cover: random() < COVERS ? [some()] : [],
      detail: random() < 0.4 ? [some()] : [],
      gallery: [...new Set(Array.from({ length: Math.floor(random() * 3) }, some))],
    };
    const pictures = new Map<number, number>();
    for (const field of FIELDS) {
      for (const [at, file_id] of held[field].entries()) {
        pictures.set(file_id, Math.max(WEIGHTS[field], pictures.get(file_id) ?? 0));
        links.push({ related_id: id, field, file_id, order: at + 1 });
      }
    }
    looks.push({ ...row, pictures });
  }
  await link(LOOK, links);
  await giveVectors(shop, vectors);
});
after(() => shop?.stop());

const cosine = (a: number, b: number) => dot(vectors.get(a) as Float32Array, vectors.get(b) as Float32Array);
/** By definition. */
const weigh = (similarity: number, one: number, other: number) =>
  similarity > 0 ? similarity * one * other : similarity;

interface Best {
  look: Look;
  rank: number;
  similarity: number;
  picture: number;
}

type Asked = ReadonlyMap<number, number>;

/** An entry's best pair of pictures after weighing. */
function best(query: Asked, look: Look): Best | undefined {
  let found: Best | undefined;
  for (const [asked, one] of query) {
    for (const [picture, other] of look.pictures) {
      const similarity = cosine(asked, picture);
      const rank = weigh(similarity, one, other);
      if (!found || rank > found.rank) found = { look, rank, similarity, picture };
    }
  }
  return found;
}

/** The mean over the query's pictures of each one's best, weighted by them. */
function meanOf(query: Asked, { pictures }: Look): number {
  const whole = [...query.values()].reduce((sum, weight) => sum + weight, 0);
  const bests = [...query].map(([asked, weight]) => {
    return weight * Math.max(...[...pictures].map(([picture, other]) => weigh(cosine(asked, picture), 1, other)));
  });
  return bests.reduce((sum, value) => sum + value, 0) / whole;
}

const boostOf = ({ price }: Look) => (BOOST.weight * price) / (price + BOOST.halfAt);

interface Case {
  parameters?: string;
  passes?(found: Best, query: Look): boolean;
  mean?: boolean;
  boosted?: boolean;
  grouped?: boolean;
  collapsed?: boolean;
}

const rankOf = ({ mean, boosted }: Case, query: Asked, found: Best) =>
  (mean && query.size > 1 ? meanOf(query, found.look) : found.rank) + (boosted ? boostOf(found.look) : 0);

function exact(query: Look, how: Case): number[] {
  const { passes = () => true, grouped, collapsed } = how;
  const groups = new Set([query.family]);
  const shown: Best[] = [];
  const ranked = looks
    .filter((look) => look !== query)
    .flatMap((look) => best(query.pictures, look) ?? [])
    .filter((found) => passes(found, query))
    .map((found) => ({ ...found, rank: rankOf(how, query.pictures, found) }))
    .sort((a, b) => b.rank - a.rank);
  for (const found of ranked) {
    if (shown.length === PAGE * 2) break;
    if (grouped && groups.has(found.look.family)) continue;
    if (collapsed && shown.some(({ picture }) => cosine(picture, found.picture) >= IDENTICAL)) continue;
    groups.add(found.look.family);
    shown.push(found);
  }
  return shown.map(({ rank }) => rank);
}

function set(key: string, value: unknown): void {
  shop.strapi.config.set(`plugin::similar.${key}`, value);
}

/** Ranks of two pages. */
async function ranksOf(id: string | number, query: Look, how: Case): Promise<number[]> {
  const found: number[] = [];
  const shown = new Set<string>();
  for (const start of [0, PAGE]) {
    const page = `pagination[start]=${start}&pagination[limit]=${PAGE}`;
    const { status, body }: SimilarAnswer = await similar(shop, id, `${how.parameters ?? ''}&${page}`);
    assert.equal(status, 200, JSON.stringify(body));
    for (const { entry, match, similarity } of body.data) {
      const look = looks.find(({ documentId }) => documentId === entry?.documentId) as Look;
      const pair = [match?.query?.id as number, match?.result.id as number] as const;
      assert.equal(similarity, Number(cosine(...pair).toFixed(3)), 'what is shown is the cosine of the pair');
      const own = best(query.pictures, look) as Best;
      const [one, other] = [query.pictures.get(pair[0]) as number, look.pictures.get(pair[1]) as number];
      assert.equal(weigh(cosine(...pair), one, other).toFixed(4), own.rank.toFixed(4), 'the pair is the best one');
      found.push(rankOf(how, query.pictures, own));
      shown.add(look.documentId);
    }
  }
  assert.equal(shown.size, found.length, 'nothing twice');
  return found;
}

const rounded = (ranks: number[]) => ranks.map((rank) => rank.toFixed(3));

/** What is asked: with a cover, with light pictures only, and any. */
function queries(): Look[] {
  const heaviest = ({ pictures }: Look) => Math.max(...pictures.values());
  const several = looks.filter(({ pictures }) => pictures.size > 1);
  const light = several.filter((look) => heaviest(look) < WEIGHTS.detail);
  const heavy = looks.filter((look) => heaviest(look) === WEIGHTS.cover);
  return [any(heavy), any(heavy), any(light), any(light), any(several), any(several)];
}

const CASES: Case[] = [
  {},
  { parameters: 'likeness=similar', passes: ({ similarity }) => similarity >= 0.65 },
  { parameters: 'same=family', passes: ({ look }, query) => look.family === query.family },
  { parameters: 'filters[family][$ne]=family a', passes: ({ look }) => look.family !== 'family a' },
  { parameters: 'groupBy=family', grouped: true },
  { parameters: 'collapse=true', collapsed: true },
  { parameters: 'match=mean', mean: true },
];

for (const boosted of [false, true]) {
  describe(boosted ? 'with a boost' : 'without a boost', () => {
    before(() => set('ranking', boosted ? { boost: { [LOOK]: BOOST } } : {}));
    after(() => set('ranking', {}));

    for (const plain of CASES) {
      test(`${plain.parameters ?? 'nothing else'}: pages are those of the exact weighted ranking`, async () => {
        const how = { ...plain, boosted };
        for (const query of queries()) {
          const found = await ranksOf(query.documentId, query, how);
          assert.deepEqual(rounded(found), rounded(exact(query, how)), query.documentId);
        }
      });
    }
  });
}

test('a file weighs 1, and scores hold for the pair that ranks', async () => {
  const { search } = similarityOf(shop);
  const scale = await search.scoreScale();
  const scoreOf = (similarity: number) => scale.scoreOf(similarity) ?? 0;
  for (const minScore of [0, 0.97, 0.985]) {
    const how: Case = {
      parameters: `type=${LOOK}&minScore=${minScore}`,
      passes: ({ similarity }) => scoreOf(similarity) >= minScore,
    };
    for (let asked = 0; asked < 10; asked++) {
      const file = any(files);
      const query = { documentId: '', family: '', price: 0, pictures: new Map([[file, 1]]) };
      assert.deepEqual(rounded(await ranksOf(file, query, how)), rounded(exact(query, how)), `file ${file}`);
    }
  }
});

test('those that weigh it most come first of the many that share a picture', async () => {
  const [shared] = files;
  const shelves = await createEntries(
    SHELF,
    Array.from({ length: 2_500 }, (_, price) => ({ price })),
  );
  // The last ones that a look at all of them comes to.
  const [covered, detailed] = [shelves.slice(-3), shelves.slice(-6, -3)];
  const holding = (field: string, rows: Row[]) =>
    rows.map(({ id }) => ({ related_id: id, field, file_id: shared, order: 1 }));
  await link(SHELF, [...holding('gallery', shelves), ...holding('detail', detailed), ...holding('cover', covered)]);
  const ids = (rows: Row[]) => rows.map(({ documentId }) => documentId).sort();
  for (const parameters of ['', '&filters[price][$gte]=1']) {
    const { body } = await similar(shop, shared, `type=${SHELF}&pagination[limit]=7${parameters}`);
    const found = body.data.map(({ entry }) => ({ id: 0, documentId: entry?.documentId as string }));
    assert.deepEqual(ids(found.slice(0, 3)), ids(covered), parameters);
    assert.deepEqual(ids(found.slice(3, 6)), ids(detailed), parameters);
  }
});

test('weights that are all 1 rank as none do, and other ones hold at once', async () => {
  const query = looks.find(({ pictures }) => pictures.size > 2) as Look;
  const config = (value: unknown) => set('contentTypes', { [LOOK]: value, [SHELF]: WEIGHTS });
  const ids = async () => {
    const { body } = await similar(shop, query.documentId, 'pagination[limit]=30');
    return body.data.map(({ entry }) => entry?.documentId);
  };
  const weighted = await ids();
  try {
    config('*');
    const plain = await ids();
    config({ cover: 1, detail: 1, gallery: 1 });
    assert.deepEqual(await ids(), plain);
    assert.notDeepEqual(weighted, plain);
  } finally {
    config(WEIGHTS);
  }
});
