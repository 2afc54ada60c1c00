import type { EmbeddingStore, Space, VectorIndex } from '../ports';
import { createRandom, pick } from '../vectors/random';
import { Calibration } from './calibration';
import { cosinesTo } from './neighbours';

/** 200 × 100 pairs: a share is known to within 0.004 (two standard deviations at one half). Of fewer pictures all pairs are measured. */
export const PROBES = 200;
const PARTNERS = 100;

export interface CalibrateDeps {
  space: Space;
  store: Pick<EmbeddingStore, 'vectors'>;
  index: Pick<VectorIndex, 'search' | 'searchLike' | 'keys'>;
}

/** Measures random pairs of the library: all pairs while it is small. The same library gives the same result. */
export async function calibrate({ space, store, index }: CalibrateDeps): Promise<Calibration> {
  const ids = (await index.keys()).map(({ fileId }) => fileId).sort((a, b) => a - b);
  const random = createRandom(ids.length);
  const cosines: number[] = [];
  const vectors = await store.vectors(space.id, pick(ids, PROBES, random));
  for (const [probe, vector] of vectors) {
    // Each pair of a small library once.
    const others = ids.length <= PROBES ? ids.filter((id) => id > probe) : pick(ids, PARTNERS, random);
    const partners = others.filter((id) => id !== probe);
    cosines.push(...(await cosinesTo(index, { fileId: probe, vector }, partners)).values());
  }
  return new Calibration(cosines);
}
