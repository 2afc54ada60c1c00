import type { FileId, VectorIndex } from './ports';

/** Stands for a picture that is not in the library. */
export const OUTSIDE: FileId = 0;

/** A picture that is asked about. */
export interface Query {
  /** `OUTSIDE` when the library does not have it. */
  fileId: FileId;
  vector: Float32Array;
  /** What is searched with instead, when examples steer the search (steer.ts). */
  steered?: Float32Array;
}

export interface Neighbour {
  fileId: FileId;
  /** Cosine to the nearest of the asked pictures. */
  similarity: number;
  /** What it is ordered by: the cosine to the steered vector; without one, `similarity`. */
  rank: number;
  /** The asked picture it is nearest to. */
  queryFileId: FileId;
}

export interface NeighbourOptions {
  limit: number;
  /** Pictures to leave out. The asked ones are found too unless they are named here. */
  exclude?: readonly FileId[];
  /** Only these pictures, ranked exactly. */
  among?: readonly FileId[];
}

type Searcher = Pick<VectorIndex, 'search'>;

/** The pictures nearest to any of the asked ones, best first, each once. */
export async function findNeighbours(
  index: Searcher,
  queries: readonly Query[],
  { limit, exclude = [], among }: NeighbourOptions,
): Promise<Neighbour[]> {
  const unwanted = new Set(exclude);
  // The unwanted ones may all be among the nearest: fetching that many more keeps the page full without them.
  const k = limit + unwanted.size;
  const lists = await Promise.all(queries.map((query) => searchOne(index, query, k, among)));
  const best = new Map<FileId, Neighbour>();
  for (const match of lists.flat()) {
    const held = best.get(match.fileId);
    if (!unwanted.has(match.fileId) && (!held || match.rank > held.rank)) best.set(match.fileId, match);
  }
  return [...best.values()].sort((a, b) => b.rank - a.rank || a.fileId - b.fileId).slice(0, limit);
}

async function searchOne(
  index: Searcher,
  { fileId: queryFileId, vector, steered }: Query,
  k: number,
  among?: readonly FileId[],
): Promise<Neighbour[]> {
  const options = among && { among };
  const found = await index.search(steered ?? vector, k, options);
  if (!steered) return found.map(({ fileId, similarity }) => ({ fileId, similarity, rank: similarity, queryFileId }));
  const cosines = await cosinesTo(
    index,
    vector,
    found.map(({ fileId }) => fileId),
  );
  return found.map(({ fileId, similarity: rank }) => ({
    fileId,
    similarity: cosines.get(fileId) as number,
    rank,
    queryFileId,
  }));
}

/** Cosines of these pictures to a vector; those that the index does not hold are missing. */
export async function cosinesTo(
  index: Searcher,
  vector: Float32Array,
  fileIds: readonly FileId[],
): Promise<Map<FileId, number>> {
  if (fileIds.length === 0) return new Map();
  const matches = await index.search(vector, fileIds.length, { among: fileIds });
  return new Map(matches.map(({ fileId, similarity }) => [fileId, similarity]));
}
