import type { SimilarConfig } from '../contracts/config';
import type { ErrorCode } from '../errors';
import type { FileId, IndexStatus, Logger, Match, Space, StoredVector } from '../ports';

/** What a start leaves out after the process crashed: nothing, the graph's file, all files, native code altogether. */
export type RecoveryLevel = 'none' | 'graph-file' | 'files' | 'native-code';

/** The CMS's requests to the index process, and what each answer holds. */
export interface Calls {
  open: {
    ask: { space: Space; stateDir: string; config: SimilarConfig['index']; recoveryLevel: RecoveryLevel };
    answer: IndexStatus;
  };
  put: { ask: PackedVectors; answer: undefined };
  remove: { ask: Float64Array; answer: undefined };
  search: { ask: SearchAsk[]; answer: Array<Pairs | undefined> };
  keys: { ask: undefined; answer: Pairs };
  clear: { ask: undefined; answer: undefined };
  save: { ask: undefined; answer: undefined };
  status: { ask: undefined; answer: IndexStatus };
  /** Saves and ends the process. */
  close: { ask: undefined; answer: undefined };
}

export interface SearchAsk {
  /** Unit length, or the file whose vector is meant. */
  query: Float32Array | FileId;
  k: number;
  among?: Float64Array;
}

export type Operation = keyof Calls;
export type Request = { [O in Operation]: { id: number; operation: O; ask: Calls[O]['ask'] } }[Operation];

export type FromProcess =
  | { type: 'answer'; id: number; answer: unknown }
  | { type: 'refusal'; id: number; message: string; code?: ErrorCode; details?: Record<string, unknown> }
  | { type: 'log'; level: keyof Logger; message: string }
  | { type: 'alive' };

/** Typed arrays: many small objects take ten times as long to send. */
export interface Pairs {
  fileIds: Float64Array;
  values: Float64Array;
}

export interface PackedVectors {
  fileIds: Float64Array;
  seqs: Float64Array;
  /** One after another. */
  vectors: Uint16Array;
}

export function packVectors(items: readonly StoredVector[], dims: number): PackedVectors {
  const vectors = new Uint16Array(items.length * dims);
  items.forEach(({ vector }, i) => {
    vectors.set(vector, i * dims);
  });
  const fileIds = Float64Array.from(items, ({ fileId }) => fileId);
  return { fileIds, seqs: Float64Array.from(items, ({ seq }) => seq), vectors };
}

export function unpackVectors({ fileIds, seqs, vectors }: PackedVectors): StoredVector[] {
  const dims = vectors.length / fileIds.length;
  return Array.from(fileIds, (fileId, i) => {
    return { fileId, seq: seqs[i], vector: vectors.subarray(i * dims, (i + 1) * dims) };
  });
}

export function packMatches(matches: readonly Match[]): Pairs {
  const fileIds = Float64Array.from(matches, ({ fileId }) => fileId);
  return { fileIds, values: Float64Array.from(matches, ({ similarity }) => similarity) };
}

export function unpackMatches({ fileIds, values }: Pairs): Match[] {
  return Array.from(fileIds, (fileId, i) => ({ fileId, similarity: values[i] }));
}
