import type { BuildEstimate } from '../contracts/comparison';
import { MINIATURE_BYTES } from '../same-photo/miniature';

/** Bytes of the index for a vector on disk: so many for each number, and so many besides (docs/scaling.md, 100,000 vectors). */
const INDEX_BYTES: Readonly<Record<string, { number: number; vector: number }>> = {
  usearch: { number: 3, vector: 186 },
  pgvector: { number: 5.4, vector: 196 },
  weaviate: { number: 3.5, vector: 2_480 },
};

/** The index of the live space, as a yardstick. */
export interface LiveIndex {
  kind: string;
  bytesOnDisk: number;
  vectors: number;
  /** Numbers of a vector in it: fewer than the model's where the space is refined. */
  dims: number;
}

export interface EstimateOptions {
  /** Pictures of the library that the other model has no vector of. */
  pictures: number;
  /** Of the sample: pictures that were embedded, and how long that took. */
  embedded: number;
  embedMs: number;
  /** Numbers of a vector of the other model, and of what its index will hold. */
  dims: number;
  indexDims: number;
  index: LiveIndex;
}

/** From so many pictures on the first ones, which find a cold process, count for little. */
export const ENOUGH = 50;

/** What building the whole space would take. */
export function estimateOf({
  pictures,
  embedded,
  embedMs,
  dims,
  indexDims,
  index,
}: EstimateOptions): BuildEstimate | undefined {
  if (embedded === 0) return undefined;
  return {
    pictures,
    seconds: Math.ceil((pictures * embedMs) / embedded / 1_000),
    databaseBytes: pictures * (2 * dims + MINIATURE_BYTES),
    indexBytes: Math.round(pictures * indexBytesOf(indexDims, index)),
  };
}

function indexBytesOf(dims: number, { kind, bytesOnDisk, vectors, dims: liveDims }: LiveIndex): number {
  const { number, vector } = INDEX_BYTES[kind] ?? INDEX_BYTES.usearch;
  const known = (of: number) => number * of + vector;
  // An index that has hardly begun, or is in memory only, measures nothing.
  const measured = bytesOnDisk > 0 && vectors >= ENOUGH ? bytesOnDisk / vectors / known(liveDims) : 1;
  return measured * known(dims);
}
