import type { EmbeddingStore, FileId, Space, VectorIndex } from './ports';

export interface Neighbour {
  fileId: FileId;
  /** Cosine to the nearest of the asked pictures. */
  similarity: number;
  /** The asked picture it is nearest to. */
  queryFileId: FileId;
}

export interface NeighbourOptions {
  limit: number;
  /** Pictures to leave out, beside the asked ones. */
  exclude?: readonly FileId[];
  /** Only these pictures, ranked exactly. */
  among?: readonly FileId[];
}

export interface NeighboursDeps {
  space: Space;
  store: Pick<EmbeddingStore, 'vectors'>;
  index: Pick<VectorIndex, 'search'>;
}

/** The pictures nearest to any of the pictures `of`, best first, each once. Pictures without a vector take no part. */
export async function findNeighbours(
  { space, store, index }: NeighboursDeps,
  of: readonly FileId[],
  { limit, exclude = [], among }: NeighbourOptions,
): Promise<Neighbour[]> {
  const vectors = await store.vectors(space.id, of);
  const unwanted = new Set([...of, ...exclude]);
  // The unwanted ones may all be among the nearest: fetching that many more keeps the page full without them.
  const k = limit + unwanted.size;
  const lists = await Promise.all(
    [...vectors].map(async ([queryFileId, vector]) => {
      const matches = await index.search(vector, k, among && { among });
      return matches.map((match) => ({ ...match, queryFileId }));
    }),
  );
  const best = new Map<FileId, Neighbour>();
  for (const match of lists.flat()) {
    const held = best.get(match.fileId);
    if (!unwanted.has(match.fileId) && (!held || match.similarity > held.similarity)) best.set(match.fileId, match);
  }
  return [...best.values()].sort((a, b) => b.similarity - a.similarity || a.fileId - b.fileId).slice(0, limit);
}
