import type { FileId, Match } from '../ports';
import { cosineOfHalves, lengthsOf } from './halves';

export type Side = 'live' | 'other';

/** Vectors of one model, in the order of the pictures. */
export interface SideVectors {
  dims: number;
  /** float16, `dims` numbers a row. */
  rows: Uint16Array;
}

/** The pictures that both models have a vector of. */
export interface SampleRanking {
  readonly fileIds: readonly FileId[];
  has(fileId: FileId): boolean;
  /**
   * The nearest pictures by one model, best first, ties by id: of each picture its cosine to the nearest of those that are asked about,
   * which are not among the results themselves.
   * @param among only these.
   */
  nearest(side: Side, asked: readonly FileId[], most: number, among?: ReadonlySet<FileId>): Match[];
}

/** Compares every two vectors: a sample is small, and no approximation shall be taken for a model. */
export function createSampleRanking(
  fileIds: readonly FileId[],
  vectors: Readonly<Record<Side, SideVectors>>,
): SampleRanking {
  const rowOf = new Map(fileIds.map((id, row) => [id, row]));
  const lengths = { live: lengthsOf(vectors.live), other: lengthsOf(vectors.other) };

  return {
    fileIds,
    has: (fileId) => rowOf.has(fileId),
    nearest(side, asked, most, among) {
      const { dims, rows } = vectors[side];
      const queries = asked.flatMap((id) => rowOf.get(id) ?? []);
      const isAsked = new Set(asked);
      const found: Match[] = [];
      for (const [row, fileId] of fileIds.entries()) {
        if (queries.length === 0 || isAsked.has(fileId) || (among && !among.has(fileId))) continue;
        let similarity = Number.NEGATIVE_INFINITY;
        for (const query of queries) {
          similarity = Math.max(similarity, cosineOfHalves(rows, dims, query, row, lengths[side]));
        }
        found.push({ fileId, similarity });
      }
      return found.sort((a, b) => b.similarity - a.similarity || a.fileId - b.fileId).slice(0, most);
    },
  };
}
