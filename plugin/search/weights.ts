import type { FileId } from '../ports';

/** How much each picture of an entry counts: above 0, at most 1. Absent, here or as a whole: 1. */
export type Weights = ReadonlyMap<FileId, number>;

/** A cosine below 0 stays: a small weight must not lift it. Never grows, and keeps the order of what has one weight. */
export const weighed = (rank: number, weight = 1): number => (rank > 0 ? rank * weight : rank);

/** Query pictures of an entry, as it weighs them. */
export const withWeights = <Asked extends { fileId: FileId }>(queries: Asked[], weights?: Weights): Asked[] =>
  weights ? queries.map((query) => ({ ...query, weight: weights.get(query.fileId) })) : queries;

/** Of a picture that is in several places, the heaviest counts. */
export function weightsOf(places: Iterable<readonly [FileId, number]>): Weights {
  const weights = new Map<FileId, number>();
  for (const [fileId, weight] of places) weights.set(fileId, Math.max(weight, weights.get(fileId) ?? 0));
  return weights;
}
