import type { VectorIndex } from '../ports';
import { createRandom, pick } from '../vectors/random';
import { cosinesTo } from './neighbours';
import { ScoreScale } from './score';

/** Short descriptions of what pictures show: what a cosine with words means is measured with them. */
export const PHRASES: readonly string[] = [
  'a red dress',
  'a pair of running shoes',
  'a leather handbag',
  'a wrist watch',
  'a gold necklace with a pendant',
  'sunglasses',
  'a blue striped shirt',
  'a winter coat',
  'a wooden chair',
  'a grey sofa in a living room',
  'a lamp on a desk',
  'a kitchen with white cupboards',
  'a cup of coffee on a table',
  'a bowl of soup',
  'fresh bread',
  'a chocolate cake with strawberries',
  'a green apple',
  'vegetables at a market',
  'a plate of pasta',
  'a bottle of wine and two glasses',
  'a cat sleeping',
  'a dog running on the beach',
  'a bird on a branch',
  'horses in a field',
  'a bee on a flower',
  'a bunch of roses',
  'a forest in autumn',
  'mountains with snow',
  'a lake at sunset',
  'waves of the sea',
  'a city at night',
  'an old church',
  'a bridge over a river',
  'a modern office building',
  'a train at a station',
  'a red car on a road',
  'a bicycle against a wall',
  'an airplane in the sky',
  'a portrait of a smiling woman',
  'an old man with a beard',
  'children playing football',
  'a crowd at a concert',
  'a doctor in a hospital',
  'two people in a meeting',
  'a laptop on a desk',
  'a mobile phone',
  'the logo of a company',
  'a chart with numbers',
];

/** Pictures per phrase: 48 × 100 pairs. */
const PARTNERS = 100;

/**
 * What a cosine of words and a picture means in this library: the share of random pairs of a phrase and a picture that are less alike.
 * The same library gives the same result.
 * @param phrases the vectors of `PHRASES`, unit length.
 */
export async function measureWordScale(
  index: Pick<VectorIndex, 'search' | 'searchLike' | 'keys'>,
  phrases: readonly Float32Array[],
): Promise<ScoreScale> {
  const ids = (await index.keys()).map(({ fileId }) => fileId).sort((a, b) => a - b);
  const random = createRandom(ids.length);
  const cosines: number[] = [];
  for (const vector of phrases) {
    const partners = pick(ids, PARTNERS, random);
    cosines.push(...(await cosinesTo(index, { fileId: null, vector }, partners)).values());
  }
  return new ScoreScale(cosines);
}
