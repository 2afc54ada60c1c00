import type { FileId, Match } from '../ports';
import { decodeFloat16 } from '../vectors/float16';
import { createHalfDot } from '../vectors/half-dot';

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

/** Cosines of one model's rows. Vectors have unit length but for what float16 loses. */
function cosinesOf({ dims, rows }: SideVectors) {
  const dotWith = createHalfDot(dims);
  const numbersOf = (row: number) => decodeFloat16(rows.subarray(row * dims, (row + 1) * dims));
  const lengths = Float64Array.from({ length: rows.length / dims }, (_, row) =>
    Math.sqrt(dotWith(numbersOf(row))(rows, row * dims)),
  );
  return (query: number): ((row: number) => number) => {
    const dot = dotWith(numbersOf(query));
    return (row) => dot(rows, row * dims) / (lengths[query] * lengths[row]);
  };
}

/** Compares every two vectors: a sample is small, and no approximation shall be taken for a model. */
export function createSampleRanking(
  fileIds: readonly FileId[],
  vectors: Readonly<Record<Side, SideVectors>>,
): SampleRanking {
  const rowOf = new Map(fileIds.map((id, row) => [id, row]));
  const cosinesWith = { live: cosinesOf(vectors.live), other: cosinesOf(vectors.other) };

  return {
    fileIds,
    has: (fileId) => rowOf.has(fileId),
    nearest(side, asked, most, among) {
      const isAsked = new Set(asked);
      const found = new Map<FileId, number>();
      for (const query of asked.flatMap((id) => rowOf.get(id) ?? [])) {
        const cosine = cosinesWith[side](query);
        for (const [row, fileId] of fileIds.entries()) {
          if (isAsked.has(fileId) || (among && !among.has(fileId))) continue;
          found.set(fileId, Math.max(found.get(fileId) ?? Number.NEGATIVE_INFINITY, cosine(row)));
        }
      }
      return Array.from(found, ([fileId, similarity]) => ({ fileId, similarity }))
        .sort((a, b) => b.similarity - a.similarity || a.fileId - b.fileId)
        .slice(0, most);
    },
  };
}
