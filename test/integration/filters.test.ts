import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dot } from '../../plugin/vectors/cosine';
import { decodeFloat16, encodeFloat16 } from '../../plugin/vectors/float16';
import { createFiles, giveVectors } from '../helpers/given-vectors';
import { createProduct, fileIds, names, similar, similarityOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import { createClusters, createRandom } from '../helpers/vectors';

/** More than are ranked exactly as a whole: both ways of the search are taken. */
const COUNT = 5_000;
const PAGE = 7;

let shop: Playground;
/** Of each file: a number that filters ask for, and its vector. */
const files: Array<{ id: number; width: number; vector: Float32Array }> = [];
const random = createRandom(11);

before(async () => {
  // Nothing is embedded: the vectors are given.
  shop = await startPlayground({ config: { indexing: false } });
  const next = createClusters(similarityOf(shop).space.dims, 40, random);
  const created = await createFiles(shop, COUNT, () => ({ width: Math.floor(random() * 10_000) }));
  for (const { id, width } of created) files.push({ id, width, vector: decodeFloat16(encodeFloat16(next())) });
  await giveVectors(shop, new Map(files.map(({ id, vector }) => [id, vector])));
});
after(() => shop?.stop());

const cosine = (a: Float32Array, b: Float32Array) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

/** What an exact search over the allowed set gives. */
function exact(asked: (typeof files)[number], least: number, most: number): number[] {
  return files
    .filter(({ id, width }) => id !== asked.id && width >= least && width < most)
    .map(({ id, vector }) => ({ id, similarity: cosine(asked.vector, vector) }))
    .sort((a, b) => b.similarity - a.similarity || a.id - b.id)
    .slice(0, PAGE)
    .map(({ id }) => id);
}

for (const selectivity of [0.0001, 0.001, 0.01, 0.1, 0.35, 0.6, 1]) {
  test(`filters that let ${selectivity * 100} % through give what an exact search over those gives`, async () => {
    for (let round = 0; round < 4; round++) {
      const asked = files[Math.floor(random() * COUNT)];
      const span = Math.max(1, Math.round(selectivity * 10_000));
      const least = Math.floor(random() * (10_001 - span));
      const query = `filters[width][$gte]=${least}&filters[width][$lt]=${least + span}&pagination[limit]=${PAGE}`;
      const answer = await similar(shop, asked.id, query);
      assert.equal(answer.status, 200);
      assert.deepEqual(fileIds(answer), exact(asked, least, least + span));
    }
  });
}

test('entries with more pictures than are looked at first are all found, in order', async () => {
  const [query] = files;
  const nearest = files
    .filter(({ id }) => id !== query.id)
    .map(({ id, vector }) => ({ id, similarity: cosine(query.vector, vector) }))
    .sort((a, b) => b.similarity - a.similarity)
    .map(({ id }) => ({ id }));
  const each = 80;
  const titles = ['first', 'second', 'third', 'fourth'];
  for (const [at, name] of titles.entries()) {
    await createProduct(shop, { name, images: nearest.slice(at * each, (at + 1) * each) });
  }
  const answer = await similar(shop, query.id, 'type=api::product.product&filters[name][$notNull]=true');
  assert.deepEqual(names(answer), titles);
});
