import { normalise } from '../vectors/cosine';

/** Weights of Rocchio's relevance feedback, as Manning, Raghavan and Schütze give them (Introduction to IR, 2008, section 9.1.1). */
const LIKE_WEIGHT = 0.75;
const UNLIKE_WEIGHT = 0.15;

/**
 * More like these, less like those: query + 0.75 × mean of the liked − 0.15 × mean of the unliked, at unit length.
 * @param vector unit length, as are all examples.
 * @param ratio of words (`withWords`), when `vector` stands for some.
 * @returns `vector` itself without examples, or when they cancel it out.
 */
export function applyFeedback(
  vector: Float32Array,
  like: readonly Float32Array[],
  unlike: readonly Float32Array[],
  ratio = 1,
): Float32Array {
  const sum = vector.slice();
  addMean(sum, like, LIKE_WEIGHT / ratio);
  addMean(sum, unlike, -UNLIKE_WEIGHT / ratio);
  return normalise(sum) ?? vector;
}

/** Words of a search, as the model's text tower has them. */
export interface Words {
  /** Unit length. */
  vector: Float32Array;
  /** From 0, only the pictures count, to 1, only the words do. */
  weight: number;
}

/**
 * Pictures and words together: (1 − weight) × picture + weight × `ratio` × words, at unit length.
 * @param ratio how much further apart pictures are from each other than from words. Without it the words would hardly count: their
 * cosines differ little from picture to picture.
 */
export function withWords(picture: Float32Array, { vector, weight }: Words, ratio: number): Float32Array {
  const sum = picture.map((value, at) => (1 - weight) * value + weight * ratio * vector[at]);
  return normalise(sum) ?? picture;
}

function addMean(sum: Float32Array, vectors: readonly Float32Array[], weight: number): void {
  for (const vector of vectors) {
    for (let i = 0; i < sum.length; i++) sum[i] += (weight / vectors.length) * vector[i];
  }
}
