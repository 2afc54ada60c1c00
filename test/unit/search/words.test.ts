import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Match } from '../../../plugin/ports';
import { applyFeedback, withWords } from '../../../plugin/search/relevance-feedback';
import { ScoreScale } from '../../../plugin/search/score';
import { createSpaceSearch, type SpaceSearch } from '../../../plugin/search/space-search';
import { measureWordScale, PHRASES } from '../../../plugin/search/word-scale';
import { cosine } from '../../../plugin/vectors/cosine';
import { createRandom } from '../../../plugin/vectors/random';
import { createParts, type Parts, SPACE } from '../../helpers/pipeline';
import { stored } from '../../helpers/vectors';

const unit = (...values: number[]) => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};

let parts: Parts;
beforeEach(async () => {
  parts = await createParts();
  await parts.index.open(SPACE);
});
afterEach(() => parts.close());

/** Pictures are spread wide over three dimensions; words lie in a corner of their own: the fourth, with a little of the others. */
const random = createRandom(5);
const near = () => random() - 0.5;
const PICTURES = new Map(Array.from({ length: 300 }, (_, i) => [i + 1, unit(near(), near(), near(), 0.05 * near())]));
const wordsAt = (a: number, b: number, c: number) => unit(0.1 * a, 0.1 * b, 0.1 * c, 1);
const RED = wordsAt(1, 0, 0);

async function searchWithWords(): Promise<SpaceSearch> {
  await parts.index.put([...PICTURES].map(([id, vector]) => stored(id, id, vector)));
  const vectors = async (_space: string, ids: readonly number[]) => new Map(ids.map((id) => [id, PICTURES.get(id)!]));
  const phrases = createRandom(7);
  const text = {
    embed: async () => RED,
    embedAll: async (texts: readonly string[]) =>
      texts.map(() => wordsAt(phrases() - 0.5, phrases() - 0.5, phrases() - 0.5)),
  };
  const deps = { space: SPACE, index: parts.index, ready: async () => {}, embed: async () => assert.fail(), text };
  return createSpaceSearch({ ...deps, store: { vectors } as never });
}

const byCosine = (vector: Float32Array) =>
  [...PICTURES]
    .map(([fileId, other]): Match => ({ fileId, similarity: cosine(vector, other) }))
    .sort((a, b) => b.similarity - a.similarity);
const ids = (matches: Array<{ fileId: number }>) => matches.map(({ fileId }) => fileId);

test('words rank by their cosines, and are shown as they are', async () => {
  const search = await searchWithWords();
  const query = await search.queryOfWords(await search.embedWords('red'));
  const found = await search.neighbours([query], { limit: 20 });
  const expected = byCosine(RED).slice(0, 20);
  assert.deepEqual(ids(found), ids(expected));
  for (const [i, { similarity }] of found.entries()) assert.ok(Math.abs(similarity - expected[i].similarity) < 1e-3);
});

test('their ranks are as far apart as those of pictures, so that boosts weigh the same', async () => {
  const search = await searchWithWords();
  const [words, pictures] = await Promise.all([search.wordScale(), search.scoreScale()]);
  const ratio = pictures.spread()! / words.spread()!;
  assert.ok(ratio > 5, `${ratio}`);
  const [{ rank, similarity }] = await search.neighbours([await search.queryOfWords(RED)], { limit: 1 });
  assert.ok(Math.abs(rank - ratio * similarity) < 1e-6);
});

test('scores of words are measured with words: the same cosine is another one among pictures', async () => {
  const search = await searchWithWords();
  const [words, pictures] = await Promise.all([search.wordScale(), search.scoreScale()]);
  const best = byCosine(RED)[0].similarity;
  assert.ok(words.scoreOf(best)! > 0.98);
  assert.ok(pictures.scoreOf(best)! < 0.7);
});

test('beside a picture half the weight counts as much: plainly added, the words would hardly move it', async () => {
  const search = await searchWithWords();
  const vector = unit(0, 1, 0, 0);
  const steered = async (weight: number) =>
    (await search.queryOf({ vector }, { like: [], unlike: [], words: { vector: RED, weight } })).steered!;
  const top = (of: Float32Array) => new Set(ids(byCosine(of).slice(0, 30)));
  const common = (a: Set<number>, b: Set<number>) => [...a].filter((id) => b.has(id)).length;
  const [picture, words, half] = [top(vector), top(RED), top(await steered(0.5))];
  assert.ok(common(half, picture) > 3 && common(half, words) > 3, 'both count');
  const plain = top(withWords(vector, { vector: RED, weight: 0.5 }, 1));
  assert.ok(common(plain, picture) > common(half, picture));
  assert.ok(cosine(await steered(0), vector) > 0.9999);
  assert.ok(cosine(await steered(1), RED) > 0.9999);
});

test('liked pictures steer words by as much as they steer pictures', async () => {
  const search = await searchWithWords();
  const liked = [...PICTURES].find(([, vector]) => vector[1] > 0.9)![0];
  const { steered } = await search.queryOfWords(RED, { like: [liked], unlike: [] });
  const [words, pictures] = await Promise.all([search.wordScale(), search.scoreScale()]);
  const ratio = pictures.spread()! / words.spread()!;
  const expected = RED.map((value, i) => value + (0.75 / ratio) * PICTURES.get(liked)![i]);
  assert.ok(cosine(steered!, unit(...expected)) > 0.9999);
  assert.ok(cosine(applyFeedback(RED, [PICTURES.get(liked)!], []), unit(...expected)) < 0.999);
});

test('a model without a text tower says so', async () => {
  const deps = { space: SPACE, index: parts.index, ready: async () => {}, embed: async () => assert.fail() };
  const search = createSpaceSearch({ ...deps, store: {} as never });
  assert.equal(search.knowsWords, false);
  await assert.rejects(search.embedWords('red'), { code: 'MODEL_WITHOUT_TEXT', status: 400 });
  await assert.rejects(search.wordScale(), { code: 'MODEL_WITHOUT_TEXT' });
});

test('an empty library has no scale, and no spread', async () => {
  const scale = await measureWordScale(parts.index, [RED]);
  assert.deepEqual([scale.scoreOf(0.2), scale.spread()], [undefined, undefined]);
  assert.equal(new ScoreScale([0.3, 0.3]).spread(), undefined);
  assert.ok(Math.abs(new ScoreScale([0.1, 0.3]).spread()! - 0.1) < 1e-9);
});

test('the phrases are short, and no two are the same', () => {
  assert.equal(new Set(PHRASES).size, PHRASES.length);
  assert.ok(PHRASES.every((phrase) => phrase.length < 40));
});
