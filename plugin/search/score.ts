import type { EmbeddingStore, Space, VectorIndex } from '../ports';
import { createRandom, pick } from '../vectors/random';
import { cosinesTo } from './neighbours';

/** 200 × 100 pairs: a share is known to within 0.004 (two standard deviations at one half). Of fewer pictures all pairs are measured. */
export const PROBES = 200;
const PARTNERS = 100;

export interface ScoreScaleDeps {
  space: Space;
  store: Pick<EmbeddingStore, 'vectors'>;
  index: Pick<VectorIndex, 'search' | 'searchLike' | 'keys'>;
}

/** Measures random pairs of the library: all pairs while it is small. The same library gives the same result. */
export async function measureScoreScale({ space, store, index }: ScoreScaleDeps): Promise<ScoreScale> {
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
  return new ScoreScale(cosines);
}

/**
 * What a cosine means in this library: the share of random pairs of its pictures that are less alike. Cosines of one model
 * crowd together and differ between models; shares do not.
 */
export class ScoreScale {
  private readonly sorted: Float64Array;

  /** @param cosines of random pairs, in any order. */
  constructor(cosines: readonly number[]) {
    this.sorted = Float64Array.from(cosines, rounded).sort();
  }

  /** From 0 to 1, pairs that are equally similar count half; undefined while the library has no two pictures. */
  scoreOf(similarity: number): number | undefined {
    const { length } = this.sorted;
    if (length === 0) return undefined;
    const value = rounded(similarity);
    return (this.countBelow(value, false) + this.countBelow(value, true)) / (2 * length);
  }

  /** Standard deviation of the cosines; undefined while there are none that differ. */
  spread(): number | undefined {
    const { length } = this.sorted;
    const mean = this.sorted.reduce((sum, value) => sum + value, 0) / length;
    const variance = this.sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
    return variance > 0 ? Math.sqrt(variance) / STEPS : undefined;
  }

  private countBelow(value: number, inclusive: boolean): number {
    let from = 0;
    let to = this.sorted.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.sorted[middle];
      if (other < value || (inclusive && other === value)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** What counts as a difference of two cosines: the hundred-thousandth part. */
const STEPS = 1e5;

/** The cosine of one pair differs in its last digits with the order of the two. */
function rounded(cosine: number): number {
  return Math.round(cosine * STEPS);
}
