import type { FileId, VectorIndex } from '../ports';
import type { Known } from './known';
import { weighed } from './weights';

/** A query picture. */
export interface Query {
  /** Null when the library does not have it. */
  fileId: FileId | null;
  /** Absent: the one that the index holds for the file, which then need not be read and sent. */
  vector?: Float32Array;
  /** As the model made it, where `vector` is a refined one and the library does not have it. */
  raw?: Float32Array;
  /** Of the bytes, where the library does not have them. */
  sent?: Known;
  /** Words, not a picture. */
  isWords?: true;
  /** How much what is like it counts: above 0, for a picture at most 1, which is the default. */
  weight?: number;
  /** What is searched with instead, when examples steer the search (relevance-feedback.ts). */
  steered?: Float32Array;
}

/** About a picture of the library. */
export type LibraryQuery = Query & { fileId: FileId };

export interface Neighbour {
  fileId: FileId;
  /** Cosine to the nearest query picture, in the space that is searched. People are shown `SpaceSearch.similarities`. */
  similarity: number;
  /** What it is ordered by: the cosine to the steered vector, or without one `similarity`; times the weight of the query picture. */
  rank: number;
  /** The query picture it is nearest to; null if the library does not have that one. */
  queryFileId: FileId | null;
}

/** The pictures of the library that matched: the one that was found, and that of the query. */
export const matchedPictures = ({ fileId, queryFileId }: Neighbour): FileId[] =>
  queryFileId === null ? [fileId] : [fileId, queryFileId];

export interface NeighbourOptions {
  limit: number;
  /** Pictures to leave out. The query pictures are found too unless they are named here. */
  exclude?: readonly FileId[];
  /** Only these pictures, ranked exactly. */
  among?: readonly FileId[];
}

export type Searcher = Pick<VectorIndex, 'search' | 'searchLike'>;

/** The pictures nearest to any of the query pictures, as these weigh, best first, each once. */
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
    const known = best.get(match.fileId);
    if (!unwanted.has(match.fileId) && (!known || match.rank > known.rank)) best.set(match.fileId, match);
  }
  return [...best.values()].sort((a, b) => b.rank - a.rank || a.fileId - b.fileId).slice(0, limit);
}

/** A picture that the index holds no vector of finds nothing. */
async function search(index: Searcher, { fileId, vector }: Query, k: number, among?: readonly FileId[]) {
  const options = among && { among };
  if (vector) return index.search(vector, k, options);
  return fileId === null ? [] : ((await index.searchLike(fileId, k, options)) ?? []);
}

async function searchOne(index: Searcher, query: Query, k: number, among?: readonly FileId[]): Promise<Neighbour[]> {
  const { fileId: queryFileId, steered, weight } = query;
  const found = await search(index, steered ? { ...query, vector: steered } : query, k, among);
  if (!steered) {
    return found.map(({ fileId, similarity }) => ({
      fileId,
      similarity,
      rank: weighed(similarity, weight),
      queryFileId,
    }));
  }
  const cosines = await cosinesTo(
    index,
    query,
    found.map(({ fileId }) => fileId),
  );
  return found.map(({ fileId, similarity: rank }) => ({
    fileId,
    similarity: cosines.get(fileId) as number,
    rank: weighed(rank, weight),
    queryFileId,
  }));
}

/** Cosines of these pictures to the query; those that the index does not hold are missing. */
export async function cosinesTo(
  index: Searcher,
  query: Query,
  fileIds: readonly FileId[],
): Promise<Map<FileId, number>> {
  if (fileIds.length === 0) return new Map();
  const matches = await search(index, query, fileIds.length, fileIds);
  return new Map(matches.map(({ fileId, similarity }) => [fileId, similarity]));
}
