import { normalise } from '../vectors/cosine';

/** Weights of Rocchio's relevance feedback, as Manning, Raghavan and Schütze give them (Introduction to IR, 2008, section 9.1.1). */
const LIKE_WEIGHT = 0.75;
const UNLIKE_WEIGHT = 0.15;

/**
 * More like these, less like those: query + 0.75 × mean of the liked − 0.15 × mean of the unliked, at unit length.
 * @param vector unit length, as are all examples.
 * @returns `vector` itself without examples, or when they cancel it out.
 */
export function applyFeedback(
  vector: Float32Array,
  like: readonly Float32Array[],
  unlike: readonly Float32Array[],
): Float32Array {
  const sum = vector.slice();
  addMean(sum, like, LIKE_WEIGHT);
  addMean(sum, unlike, -UNLIKE_WEIGHT);
  return normalise(sum) ?? vector;
}

function addMean(sum: Float32Array, vectors: readonly Float32Array[], weight: number): void {
  for (const vector of vectors) {
    for (let i = 0; i < sum.length; i++) sum[i] += (weight / vectors.length) * vector[i];
  }
}
