import type { EmbeddingStore, FileId, Match, Space, VectorIndex } from '../ports';
import { cosine } from '../vectors/cosine';
import { matchedPictures, type Neighbour, type Query } from './neighbours';

/** How a refined space hangs on the model's space that it was learnt from. */
export interface Refined {
  base: Space;
  /** From the model's space to the refined one, unit length. */
  project(vector: Float32Array): Float32Array;
}

type Vectors = Pick<EmbeddingStore, 'vectors'>;

/** Candidates from a refined space per wanted neighbour of the model's space. */
const OVERFETCH = 2;
const FEWEST = 16;

/** The nearest by the cosine of the model's vectors, as far as they are among the nearest of the refined space. */
export async function nearestRaw(
  index: Pick<VectorIndex, 'search'>,
  store: Vectors,
  { base, project }: Refined,
  vector: Float32Array,
  k: number,
): Promise<Match[]> {
  const candidates = await index.search(project(vector), Math.max(FEWEST, k * OVERFETCH));
  const vectors = await store.vectors(
    base.id,
    candidates.map(({ fileId }) => fileId),
  );
  return [...vectors]
    .map(([fileId, other]) => ({ fileId, similarity: cosine(vector, other) }))
    .sort((a, b) => b.similarity - a.similarity || a.fileId - b.fileId)
    .slice(0, k);
}

/** Cosines of the matched pairs in the model's space. */
export async function rawSimilarities(
  store: Vectors,
  { base }: Refined,
  queries: readonly Query[],
  matches: readonly Neighbour[],
): Promise<number[]> {
  const known = new Map<FileId | null, Float32Array>(
    queries.flatMap(({ fileId, raw }) => (raw ? [[fileId, raw]] : [])),
  );
  const ids = new Set(matches.flatMap(matchedPictures));
  const missing = [...ids].filter((id) => !known.has(id));
  const vectors = await store.vectors(base.id, missing);
  const vectorOf = (id: FileId | null) => known.get(id) ?? (id === null ? undefined : vectors.get(id));
  return matches.map(({ fileId, queryFileId, similarity }) => {
    const [a, b] = [vectorOf(queryFileId), vectorOf(fileId)];
    // One of them was deleted a moment ago, and will not be shown.
    return a && b ? cosine(a, b) : similarity;
  });
}
