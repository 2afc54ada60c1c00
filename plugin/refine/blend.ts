import { dot, normalise } from '../vectors/cosine';

/** A vector of a list, and its similarity to the current one. */
export interface Likeness {
  at: number;
  /** Cosine. */
  similarity: number;
}

/** Of several powers tried the best on labelled photos (docs/decisions/10-refined-spaces.md). */
const POWER = 2;

/** How much a pair of pictures counts. What is unlike does not. */
export const weightOf = (similarity: number) => Math.max(0, similarity) ** POWER;

/** Puts one into its place among the `count` best, best first. */
export function keepBest(best: Likeness[], one: Likeness, count: number): void {
  if (best.length === count && one.similarity <= best[count - 1].similarity) return;
  const place = best.findIndex((known) => known.similarity < one.similarity);
  best.splice(place < 0 ? best.length : place, 0, one);
  best.length = Math.min(best.length, count);
}

/**
 * Database-side augmentation (Turcot and Lowe, 2009; weights as Radenović, Tolias and Chum, 2018): a picture's vector plus
 * those of its nearest, which show more sides of the same kind of thing, at unit length.
 * @param vector unit length, as are all candidates.
 * @param candidates of which the `count` nearest are added.
 */
export function blend(vector: Float32Array, candidates: readonly Float32Array[], count: number): Float32Array {
  const nearest: Likeness[] = [];
  for (const [at, other] of candidates.entries()) keepBest(nearest, { at, similarity: dot(vector, other) }, count);
  const sum = vector.slice();
  for (const { at, similarity } of nearest) {
    const weight = weightOf(similarity);
    const other = candidates[at];
    for (let i = 0; i < sum.length; i++) sum[i] += weight * other[i];
  }
  return normalise(sum) ?? vector;
}
