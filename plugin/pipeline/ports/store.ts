import type { EmbedFailure } from './embedder';
import type { FileId, SpaceId } from './space';

export type ItemState = 'pending' | 'ready' | 'failed' | 'unsupported';

/** A leased row of the queue. */
export interface Claim {
  fileId: FileId;
  space: SpaceId;
  /** Grows with every re-queue; a result for an older revision is dropped. */
  revision: number;
  /** Digest of the bytes that the stored vector was made from, if there is one. */
  digest?: string;
  hasVector: boolean;
  /** How often the row was claimed without an outcome, this time included. */
  attempts: number;
  /** Identifies the lease; an outcome without the current lease is dropped. */
  lease: string;
}

export interface Embedded {
  claim: Claim;
  digest: string;
  stamp: string;
  vector: Float32Array;
}

/** A stored vector. `seq` grows with every stored vector of the database: a later vector has a larger one. */
export interface StoredVector {
  fileId: FileId;
  seq: number;
  /** float16, `dims` numbers. */
  vector: Uint16Array;
}

/** A picture that lost its vector: from `seq` on it has none, unless one of a larger number follows. */
export interface LostVector {
  fileId: FileId;
  seq: number;
}

export interface EnqueueOptions {
  /** Somebody has just uploaded them: before all that waits. */
  fresh?: boolean;
}

export type Failure = Omit<EmbedFailure, 'ok'>;

export interface ItemStatus {
  fileId: FileId;
  state: ItemState;
  hasVector: boolean;
  stamp?: string;
  code?: string;
  reason?: string;
  attempts: number;
  updatedAt: number;
}

export interface StoreCounts {
  pending: number;
  /** Those of the pending that wait for a later attempt. */
  delayed: number;
  ready: number;
  failed: number;
  unsupported: number;
  /** Rows with a vector, whatever their state. */
  vectors: number;
  lastSeq: number;
}

/** The queue and the vectors: one row per picture and space. Source of truth; everything else can be rebuilt from it. */
export interface EmbeddingStore {
  /** Creates what is missing; safe to call by several nodes at once. */
  open(): Promise<void>;
  /** Marks pictures as to be embedded (again): inserts or re-queues with attempts 0, keeps an old vector until the new one is there. */
  enqueue(space: SpaceId, fileIds: readonly FileId[], options?: EnqueueOptions): Promise<void>;
  /**
   * Leases up to `limit` pending rows, fresh ones first. One that was claimed before without an outcome comes alone, and after those
   * that were not: when the server stops again, it is known over which picture.
   * Rows whose lease has run out count as pending, and failed ones whose time to retry has come.
   */
  claim(space: SpaceId, limit: number, leaseMs: number): Promise<Claim[]>;
  /** Prolongs the leases that are still held. */
  renew(claims: readonly Claim[], leaseMs: number): Promise<void>;
  /** Gives rows back as pending, e.g. at shutdown; the attempt does not count. `notBefore`: ms since epoch, for a later retry. */
  release(claims: readonly Claim[], notBefore?: number): Promise<void>;
  /** Stores vectors in one transaction. Outcomes whose claim is stale are left out of the answer. */
  complete(done: readonly Embedded[]): Promise<StoredVector[]>;
  /** The bytes are those the vector was made from: the row is ready again, the vector stays. */
  confirm(claim: Claim, stamp: string): Promise<void>;
  /** Ends a row as failed or unsupported; an old vector goes, since other bytes have been seen. @returns whether the claim was still the row's. */
  fail(claim: Claim, failure: Failure, stamp?: string): Promise<boolean>;
  /**
   * Ends a row as failed because its bytes could not be seen: the vector stays. `claim` hands it out again from `retryAt` on
   * (ms since epoch).
   */
  unseen(claim: Claim, failure: Failure, retryAt: number, stamp?: string): Promise<void>;
  /** Removes all rows of pictures that are gone, in every space. */
  forget(fileIds: readonly FileId[]): Promise<void>;
  /** Puts failed and unsupported rows (all of the space, or these) back to pending with attempts 0. Returns how many. */
  retry(space: SpaceId, fileIds?: readonly FileId[]): Promise<number>;
  status(space: SpaceId, fileIds: readonly FileId[]): Promise<ItemStatus[]>;
  /** Rows with fileId > afterId ascending, for the sweep and the admin's list. */
  list(space: SpaceId, afterId: FileId, limit: number, state?: ItemState): Promise<ItemStatus[]>;
  counts(space: SpaceId): Promise<StoreCounts>;
  /** Float32 copies of the vectors that exist. */
  vectors(space: SpaceId, fileIds: readonly FileId[]): Promise<Map<FileId, Float32Array>>;
  /** Vectors with seq > afterSeq in ascending order, at most `limit`. */
  vectorsSince(space: SpaceId, afterSeq: number, limit: number): Promise<StoredVector[]>;
  /** Vectors that were lost with seq > afterSeq in ascending order, at most `limit`. Kept for a week. */
  lostSince(space: SpaceId, afterSeq: number, limit: number): Promise<LostVector[]>;
  /** SHA-256 of the bytes that the stored vectors were made from. */
  digests(space: SpaceId, fileIds: readonly FileId[]): Promise<Map<FileId, string>>;
  /** Those of these pictures that have a vector. */
  holding(space: SpaceId, fileIds: readonly FileId[]): Promise<Set<FileId>>;
  /** (fileId, seq) of every vector of the space with fileId > afterId, ascending by fileId. */
  vectorKeys(space: SpaceId, afterId: FileId, limit: number): Promise<Array<{ fileId: FileId; seq: number }>>;
  /** Spaces that have rows. */
  spaces(): Promise<SpaceId[]>;
  /** Removes all rows of a space, or those of these pictures. */
  dropSpace(space: SpaceId, fileIds?: readonly FileId[]): Promise<void>;
}
