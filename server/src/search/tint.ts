import type { FileId } from '../../../plugin/ports';
import type { Neighbour } from '../../../plugin/search/neighbours';

/** Lifts pictures by how much they have the wanted colour. */
export interface Tint {
  /** Of the colour in the rank, 0 to 1; the rest is likeness. */
  weight: number;
  /** 0 to 1. */
  of(fileId: FileId): number;
}

export const tinted = (rank: number, likeness: number, { weight }: Tint): number =>
  (1 - weight) * rank + weight * likeness;

/** The most that a picture of this rank could have. */
export const mostTinted = (rank: number, tint: Tint | undefined): number => (tint ? tinted(rank, 1, tint) : rank);

/** These neighbours in the order of the blend. */
export function tintAll(matches: readonly Neighbour[], tint: Tint | undefined): readonly Neighbour[] {
  if (!tint) return matches;
  return matches
    .map((match) => ({ ...match, rank: tinted(match.rank, tint.of(match.fileId), tint) }))
    .sort((a, b) => b.rank - a.rank || a.fileId - b.fileId);
}
