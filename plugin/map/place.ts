import type { FileId } from '../ports';

/** A picture's position on the map, in units of the layout. */
export interface Spot {
  x: number;
  y: number;
}

interface Near {
  fileId: FileId;
  similarity: number;
}

/** A neighbour that is this much less similar than the nearest one pulls e times more weakly: the mean of distant islands is in the sea. */
const FADE = 0.03;
/** Largest shift, so that copies do not lie on each other. */
const SHIFT = 0.05;

/**
 * Where a picture belongs that the layout does not know: amid its nearest neighbours.
 * @param neighbours in any order; those without a spot take no part.
 * @returns the same for the same neighbours; undefined when none of them has a spot.
 */
export function placeNear(
  fileId: FileId,
  neighbours: readonly Near[],
  spotOf: (fileId: FileId) => Spot | undefined,
): Spot | undefined {
  const known = neighbours.flatMap(({ fileId: id, similarity }) => {
    const spot = id === fileId ? undefined : spotOf(id);
    return spot ? [{ ...spot, similarity }] : [];
  });
  if (known.length === 0) return undefined;
  const best = Math.max(...known.map(({ similarity }) => similarity));
  let [x, y, sum] = [0, 0, 0];
  for (const near of known) {
    const weight = Math.exp((near.similarity - best) / FADE);
    x += weight * near.x;
    y += weight * near.y;
    sum += weight;
  }
  // The golden angle spreads what follows each other.
  const angle = fileId * 2.399963;
  return { x: x / sum + SHIFT * Math.cos(angle), y: y / sum + SHIFT * Math.sin(angle) };
}
