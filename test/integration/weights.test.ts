import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dot, normalise } from '../../plugin/vectors/cosine';
import { decodeFloat16, encodeFloat16 } from '../../plugin/vectors/float16';
import { distWith, gallery, media } from '../helpers/content-model';
import { createFiles, giveVectors } from '../helpers/given-vectors';
import { grantVisitors } from '../helpers/permissions';
import { similar, similarityOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import { createClusters, createRandom } from '../helpers/vectors';

const LOOK = 'api::look.look';
const WEIGHTS = { cover: 1, gallery: 0.5 };
const PICTURES = 200;
/** More than are ranked as a whole: neighbours are fetched until the page is certain. */
const ENTRIES = 2_300;
const PAGE = 7;

interface Look {
  documentId: string;
  family: string;
  /** Weight by picture. */
  pictures: Map<number, number>;
}

const random = createRandom(41);
const any = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
const vectors = new Map<number, Float32Array>();
const looks: Look[] = [];
let shop: Playground;

const chunked = <T>(items: T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / 100) }, (_, at) => items.slice(at * 100, at * 100 + 100));

before(async () => {
  shop = await startPlayground({
    dist: distWith({
      types: {
        look: {
          attributes: { title: { type: 'string' }, family: { type: 'string' }, cover: media(), gallery: gallery() },
        },
      },
    }),
    // Nothing is embedded: the vectors are given.
    config: { indexing: false, contentTypes: { [LOOK]: WEIGHTS } },
  });
  await grantVisitors(shop, `${LOOK}.find`);
  const next = createClusters(similarityOf(shop).space.dims, 8, random);
  const files = (await createFiles(shop, PICTURES, () => ({}))).map(({ id }) => id);
  for (const id of files) vectors.set(id, normalise(decodeFloat16(encodeFloat16(next()))) as Float32Array);
  const table = shop.strapi.db.connection;
  const first = { title: 'look', family: 'none' };
  await shop.strapi.documents(LOOK as never).create({ data: first, status: 'published' } as never);
  const { id: _, ...row } = await table('looks').whereNotNull('published_at').first();
  const families = new Map(
    Array.from({ length: ENTRIES }, (_, at) => [
      `look${String(at).padStart(8, '0')}`,
      `family ${any([...'abcdefgh'])}`,
    ]),
  );
  const rows = [...families].map(([document_id, family]) => ({ ...row, document_id, family }));
  for (const some of chunked(rows)) await table('looks').insert(some);
  const added: Array<{ id: number; document_id: string }> = await table('looks').whereLike('document_id', 'look0%');
  const links: object[] = [];
  for (const { id, document_id } of added) {
    // Some have no cover, and some have the same picture in both.
    const cover = random() < 0.6 ? any(files) : undefined;
    const others = Array.from({ length: Math.floor(random() * 3) }, () => (random() < 0.1 && cover) || any(files));
    const pictures = new Map([...new Set(others)].map((file) => [file, WEIGHTS.gallery]));
    if (cover) pictures.set(cover, WEIGHTS.cover);
    looks.push({ documentId: document_id, family: families.get(document_id) as string, pictures });
    const link = { related_id: id, related_type: LOOK };
    for (const [at, file_id] of [...new Set(others)].entries()) {
      links.push({ ...link, file_id, field: 'gallery', order: at + 1 });
    }
    if (cover) links.push({ ...link, file_id: cover, field: 'cover', order: 1 });
  }
  for (const some of chunked(links)) await table('files_related_mph').insert(some);
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
}

/** An entry's best pair of pictures after weighing. */
function best(query: ReadonlyMap<number, number>, look: Look): Best | undefined {
  let found: Best | undefined;
  for (const [asked, one] of query) {
    for (const [picture, other] of look.pictures) {
      const similarity = cosine(asked, picture);
      const rank = weigh(similarity, one, other);
      if (!found || rank > found.rank) found = { look, rank, similarity };
    }
  }
  return found;
}

function exact(query: Look, passes: (found: Best) => boolean, grouped: boolean): Best[] {
  const ranked = looks
    .filter((look) => look !== query)
    .flatMap((look) => best(query.pictures, look) ?? [])
    .filter(passes)
    .sort((a, b) => b.rank - a.rank);
  if (!grouped) return ranked;
  const groups = new Set([query.family]);
  return ranked.filter(({ look: { family } }) => !groups.has(family) && groups.add(family));
}

const CASES: Array<[parameters: string, passes: (found: Best, query: Look) => boolean]> = [
  ['', () => true],
  ['likeness=similar', ({ similarity }) => similarity >= 0.65],
  ['same=family', ({ look }, query) => look.family === query.family],
  ['filters[family][$ne]=family a', ({ look }) => look.family !== 'family a'],
  ['groupBy=family', () => true],
];

for (const [parameters, passes] of CASES) {
  test(`${parameters || 'nothing else'}: pages are those of the exact weighted ranking`, async () => {
    const asked = looks.filter(({ pictures }) => pictures.size > 1);
    for (const query of Array.from({ length: 4 }, () => any(asked))) {
      const expected = exact(query, (found) => passes(found, query), parameters.startsWith('groupBy'));
      const found: Array<{ documentId: string; rank: number }> = [];
      for (const start of [0, PAGE]) {
        const page = `pagination[start]=${start}&pagination[limit]=${PAGE}`;
        const { status, body } = await similar(shop, query.documentId, `${parameters}&${page}`);
        assert.equal(status, 200, JSON.stringify(body));
        for (const { entry, match, similarity } of body.data) {
          const look = looks.find(({ documentId }) => documentId === entry?.documentId) as Look;
          const pair = [match?.query?.id as number, match?.result.id as number] as const;
          const [one, other] = [query.pictures.get(pair[0]) as number, look.pictures.get(pair[1]) as number];
          assert.equal(similarity, Number(cosine(...pair).toFixed(3)), 'what is shown is the cosine of the pair');
          found.push({ documentId: look.documentId, rank: weigh(cosine(...pair), one, other) });
        }
      }
      const ranks = (list: Array<{ rank: number }>) => list.slice(0, PAGE * 2).map(({ rank }) => rank.toFixed(3));
      assert.deepEqual(ranks(found), ranks(expected), query.documentId);
      assert.equal(new Set(found.map(({ documentId }) => documentId)).size, found.length, 'nothing twice');
    }
  });
}

test('weights that are all 1 rank as none do, and other ones hold at once', async () => {
  const query = looks.find(({ pictures }) => pictures.size > 2) as Look;
  const config = (value: unknown) => shop.strapi.config.set('plugin::similar.contentTypes', { [LOOK]: value });
  const ids = async () => {
    const { body } = await similar(shop, query.documentId, 'pagination[limit]=30');
    return body.data.map(({ entry }) => entry?.documentId);
  };
  const weighted = await ids();
  try {
    config('*');
    const plain = await ids();
    config({ cover: 1, gallery: 1 });
    assert.deepEqual(await ids(), plain);
    assert.notDeepEqual(weighted, plain);
  } finally {
    config(WEIGHTS);
  }
});
