import type { EmbeddingStore, Match, Space, VectorIndex } from '../ports';
import { cosine } from '../vectors/cosine';
import { createRandom, pick } from '../vectors/random';
import type { Link } from './link';

const PROBES = 40;
/** Of each probe: what is most like it, and others at random, so that all cosines of the library occur. */
const NEAREST = 64;
const PARTNERS = 64;

export interface SamplePairsDeps {
  /** The model's own space. */
  space: Space;
  store: Pick<EmbeddingStore, 'vectors'>;
  index: Pick<VectorIndex, 'keys'>;
  nearest(vector: Float32Array, k: number): Promise<Match[]>;
}

/** Pairs of pictures for people to look at. The same library gives the same ones; a pair may occur twice. */
export async function samplePairs({ space, store, index, nearest }: SamplePairsDeps): Promise<Link[]> {
  const ids = (await index.keys()).map(({ fileId }) => fileId).sort((a, b) => a - b);
  const random = createRandom(ids.length);
  const pairs: Link[] = [];
  for (const [a, vector] of await store.vectors(space.id, pick(ids, PROBES, random))) {
    const near = await nearest(vector, NEAREST + 1);
    const others = await store.vectors(space.id, pick(ids, PARTNERS, random));
    for (const { fileId: b, similarity } of near) if (b !== a) pairs.push({ a, b, similarity });
    for (const [b, other] of others) if (b !== a) pairs.push({ a, b, similarity: cosine(vector, other) });
  }
  return pairs;
}
