import type { FileId, Space } from './space';
import type { StoredVector } from './store';

export interface Match {
  fileId: FileId;
  /** Cosine, −1…1, exact for the stored vectors. */
  similarity: number;
}

export interface IndexStatus {
  kind: string;
  size: number;
  /** Largest `seq` the index has seen. */
  lastSeq: number;
  /** `exact`: answers by scanning while the graph is being built; `graph`: approximate search + exact re-rank. */
  mode: 'exact' | 'graph';
  state: 'opening' | 'ready' | 'restarting' | 'closed';
  /** Why the files on disk were not used at the last open, if so. */
  rebuiltBecause?: string;
  /** Why changes are kept in memory only at the moment, if so. */
  problem?: string;
  bytesOnDisk: number;
  restarts: number;
  pid?: number;
}

export interface SearchOptions {
  among?: readonly FileId[];
}

export interface VectorIndex {
  /** Loads what is on disk for the space, if it is whole; else starts empty. Never throws for damaged files. */
  open(space: Space): Promise<IndexStatus>;
  /** Adds or replaces. A vector whose seq is not larger than the one held for the file is ignored. */
  put(items: readonly StoredVector[]): Promise<void>;
  remove(fileIds: readonly FileId[]): Promise<void>;
  /**
   * The `k` nearest, best first; ties by fileId ascending.
   * `among` restricts the search to these files and ranks them exactly.
   */
  search(vector: Float32Array, k: number, options?: SearchOptions): Promise<Match[]>;
  /** `search` with the vector that is held for a file, which is found too. Undefined when none is held. */
  searchLike(fileId: FileId, k: number, options?: SearchOptions): Promise<Match[] | undefined>;
  /** (fileId, seq) pairs held, so that the pipeline can compare them with the store. */
  keys(): Promise<Array<{ fileId: FileId; seq: number }>>;
  /** Forgets everything, on disk too. */
  clear(): Promise<void>;
  /** Saves atomically now. Saving also happens by itself some time after a change, and at close. */
  save(): Promise<void>;
  status(): Promise<IndexStatus>;
  close(): Promise<void>;
}
