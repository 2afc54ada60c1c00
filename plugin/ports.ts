/**
 * What the core needs from outside. Adapters implement these ports; the composition roots wire them (docs/architecture.md).
 */

import type { DecisionKind } from './contracts/decisions';
import type { Rule, StoredRule, Verdict } from './contracts/rules';
import type { SimilarItem } from './contracts/similar';
import type { ErrorCode } from './errors';

/** Numeric id of a file in the media library (`plugin::upload.file`.id). */
export type FileId = number;

/** Names what makes two vectors comparable: model + preprocessing, e.g. `efficientnet-lite0@1/lanczos3`. */
export type SpaceId = string;

export interface Space {
  id: SpaceId;
  /** Registry name of the model, e.g. `efficientnet-lite0`. */
  model: string;
  /** Length of a vector. */
  dims: number;
}

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
}

/** One picture of the media library as the sweep sees it. */
export interface MediaEntry {
  id: FileId;
  /**
   * Changes whenever the bytes may have changed (size + mtime, or what the row says of the bytes); never needs reading the bytes.
   * Absent: they cannot be looked at now, which says nothing about them.
   */
  stamp?: string;
  /** How the stamp begins that an earlier version of the plugin gave the same bytes: as good as `stamp`. */
  earlier?: string;
}

/** Stamp of a picture whose bytes are not there. */
export const MISSING_STAMP = 'missing';
/** Stamp of a picture that could not be looked at: no file has it, so the sweep has it looked at once it can see the file. */
export const UNREADABLE_STAMP = 'unreadable';

export interface OpenedMedia {
  /** Absolute path of a local file that holds the bytes until `close`. */
  path: string;
  /** SHA-256 of the bytes, lower-case hex; of a smaller copy what `digestOfCopy` makes (plugin/same-photo/picture-digest.ts). */
  digest: string;
  bytes: number;
  stamp: string;
  /** They came over a network: a cache on the way may have given those from before. */
  mayBeOld?: boolean;
  /** Deletes the temporary copy, if there is one. */
  close(): Promise<void>;
}

/** Which file of a picture is read, where it is not the original. */
export interface PictureSource {
  /** `derivative`: a smaller copy, where there is one that is large enough; `auto`: only of large originals that would have to be fetched. */
  kind: 'derivative' | 'auto';
  /** Pixels that the shorter edge of a copy must have. */
  leastEdge: number;
}

export interface OpenOptions {
  /** The caller holds another one open. Such a one waits for no room, since others that wait for room could wait for it. */
  holdsOther?: boolean;
  /** Absent: the original. */
  from?: PictureSource;
}

export interface MediaSource {
  /** Pictures with id > afterId in ascending order, at most `limit`. An empty page ends the list. */
  list(afterId: FileId, limit: number): Promise<MediaEntry[]>;
  /** Those of these ids that are pictures of the library now. */
  listed(ids: readonly FileId[]): Promise<Set<FileId>>;
  /**
   * Makes the bytes available as a local file and digests them without blocking the event loop.
   * @returns undefined when the library has no such picture any more.
   * @throws SimilarError with a picture code (`BYTES_MISSING`, `BYTES_UNREADABLE`, `TOO_LARGE`, …). `details.stamp` holds the
   * stamp, where one is known, so that the sweep sees when the picture changes.
   */
  open(id: FileId, options?: OpenOptions): Promise<OpenedMedia | undefined>;
  /**
   * Those of these whose bytes this process has, or can have from a provider, by a look that costs little. A picture that the library no
   * longer has counts among them. Without it: all of them.
   */
  here?(ids: readonly FileId[]): Promise<Set<FileId>>;
}

/** The picture itself is the reason: final until its bytes change or an editor retries. */
export interface EmbedFailure {
  ok: false;
  /** `unsupported`: a format or size that is refused on purpose; `failed`: damaged, or it crashed or hung the decoder. */
  state: 'failed' | 'unsupported';
  /** A picture code of the error table. */
  code: ErrorCode;
  /** One sentence that an editor understands. */
  reason: string;
}

export type EmbedResult =
  | {
      ok: true;
      /** Unit length, `space.dims` numbers. */
      vector: Float32Array;
      /** For telling the same photo from one that looks like it (plugin/same-photo/miniature.ts). */
      miniature?: Uint8Array;
    }
  | EmbedFailure;

/** A part of a picture as a person sees it, in shares of its width and height: from 0, 0 (top left) to 1, 1. */
export interface Crop {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface EmbedOptions {
  /** Only this part. */
  crop?: Crop;
  /** Somebody waits for it: before all pictures that wait in this process. */
  urgent?: boolean;
  /** Sent by anybody: a limit of its own, and no second try where it may be what ended the decoder. */
  untrusted?: { maxPixels: number };
}

/** What the cosine of two pictures is made of. */
export interface Explanation {
  similarity: number;
  /** Per cell of the picture (row by row, a square grid): its part of `similarity`. Each list adds up to it. */
  regions: { query: number[]; result: number[] };
  /** How much of what the model sees in the two depends on each colour: their embeddings turn when it is missing. Adds up to 1. */
  channels: { red: number; green: number; blue: number };
}

export type ExplainResult =
  | {
      ok: true;
      explanation: Explanation /** PNG: both pictures side by side, lit where they match. */;
      overlay: Uint8Array;
    }
  | EmbedFailure;

export interface EmbedderStatus {
  engine: string;
  /** The device the engine actually runs on, as it reports it: `cpu`, `cuda:0 NVIDIA H200`, … */
  device: string;
  /** Why it runs as WebAssembly, where it does: several times slower than it could. */
  slowBecause?: string;
  state: 'starting' | 'ready' | 'restarting' | 'broken' | 'closed';
  /** Why `state` is `broken` or `restarting`. */
  problem?: string;
  restarts: number;
  pid?: number;
}

export interface Embedder {
  readonly space: Space;
  /** Pictures that may be in flight at once so that decoding overlaps the run: the queue worker keeps this many going. */
  readonly capacity: number;
  /**
   * Embeds one picture. A bad picture is a result, not a rejection.
   * @throws SimilarError `EMBEDDER_UNAVAILABLE` when no engine can run at all, or after `close`.
   */
  embed(path: string, options?: EmbedOptions): Promise<EmbedResult>;
  /**
   * Explains why two pictures are alike. A bad picture is a result, not a rejection.
   * @throws SimilarError `EMBEDDER_UNAVAILABLE`
   */
  explain(query: string, result: string): Promise<ExplainResult>;
  status(): EmbedderStatus;
  close(): Promise<void>;
}

/** Makes vectors of words, among those of the pictures of the same model. */
export interface TextEmbedder {
  /**
   * @param text at most some hundred characters; what is too long for the model is cut.
   * @returns unit length, `space.dims` numbers.
   * @throws SimilarError `WORDS_UNREADY`; `INVALID_PARAMETER` where the model has no tokens for the text.
   */
  embed(text: string): Promise<Float32Array>;
  /** The same of several; undefined for one that the model has no tokens for. */
  embedAll(texts: readonly string[]): Promise<Array<Float32Array | undefined>>;
}

export type ItemState = 'pending' | 'ready' | 'failed' | 'unsupported';

/** A leased row of the queue. */
export interface Claim {
  fileId: FileId;
  space: SpaceId;
  /** Grows with every re-queue; a result for an older revision is dropped. */
  revision: number;
  /** `OpenedMedia.digest` of what the stored vector was made from, if there is one. */
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
  miniature?: Uint8Array;
}

/** A stored vector. `seq` grows with every stored vector of the database: a later vector has a larger one. */
export interface StoredVector {
  fileId: FileId;
  seq: number;
  /** float16, `dims` numbers. */
  vector: Uint16Array;
}

/** The colours of a picture that has a vector, once they were found; `seq` is the vector's. */
export interface StoredPalette {
  fileId: FileId;
  seq: number;
  /** As `encodePalette` makes it. */
  palette?: Uint8Array;
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
  ready: number;
  failed: number;
  unsupported: number;
  /** Rows with a vector, whatever their state. */
  vectors: number;
}

/** Codes of the error table, and how many pictures have them. */
export type FailureCounts = Partial<Record<string, number>>;

export interface CountOptions {
  /** What takes many statements to count may be this old; what takes one is counted each time. */
  maxAgeMs?: number;
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
   * @param among leaves those out whose pictures it does not return; it is asked about the first thousand at most.
   */
  claim(
    space: SpaceId,
    limit: number,
    leaseMs: number,
    among?: (fileIds: readonly FileId[]) => Promise<Set<FileId>>,
  ): Promise<Claim[]>;
  /** Whether any node holds a claim. */
  busy(space: SpaceId): Promise<boolean>;
  /** Prolongs the leases that are still held. */
  renew(claims: readonly Claim[], leaseMs: number): Promise<void>;
  /** Gives rows back as pending, e.g. at shutdown; the attempt does not count. `delayMs`: for a later retry. */
  release(claims: readonly Claim[], delayMs?: number): Promise<void>;
  /** Stores vectors in one transaction. Outcomes whose claim is stale are left out of the answer. */
  complete(done: readonly Embedded[]): Promise<StoredVector[]>;
  /** The bytes are those the vector was made from: the row is ready again, the vector stays. */
  confirm(claim: Claim, stamp: string): Promise<void>;
  /** Ends a row as failed or unsupported; an old vector goes, since other bytes have been seen. @returns whether the claim was still the row's. */
  fail(claim: Claim, failure: Failure, stamp?: string): Promise<boolean>;
  /**
   * Ends a row as failed because its bytes could not be seen: the vector stays. `claim` hands it out again after `retryMs`; undefined:
   * never, a node that sees the bytes asks for a retry.
   */
  unseen(claim: Claim, failure: Failure, retryMs: number | undefined, stamp?: string): Promise<void>;
  /** Removes all rows of pictures that are gone, in every space. */
  forget(fileIds: readonly FileId[]): Promise<void>;
  /**
   * Puts failed and unsupported rows back to pending with attempts 0: all of the space, those of these pictures, or those with this code.
   * @returns how many.
   */
  retry(space: SpaceId, only?: readonly FileId[] | string): Promise<number>;
  status(space: SpaceId, fileIds: readonly FileId[]): Promise<ItemStatus[]>;
  /** Rows with fileId > afterId ascending, for the sweep and the admin's list. */
  list(space: SpaceId, afterId: FileId, limit: number, state?: ItemState, code?: string): Promise<ItemStatus[]>;
  /** Those of a large space may be some moments old. @param options `anew`: for decisions, at the cost of a walk through the space. */
  counts(space: SpaceId, options?: CountOptions & { anew?: boolean }): Promise<StoreCounts>;
  /** How many pictures failed or are unsupported for which reason; of many, some moments old. */
  failures(space: SpaceId, options?: CountOptions): Promise<FailureCounts>;
  /** Pending rows that wait for nothing but a worker, leased ones included; counted up to `atMost`. */
  waiting(space: SpaceId, atMost: number): Promise<number>;
  /** Of the vector of the space that was stored last; 0: it has none. */
  lastSeq(space: SpaceId): Promise<number>;
  /** Float32 copies of the vectors that exist. */
  vectors(space: SpaceId, fileIds: readonly FileId[]): Promise<Map<FileId, Float32Array>>;
  /** Vectors with seq > afterSeq in ascending order, at most `limit`. */
  vectorsSince(space: SpaceId, afterSeq: number, limit: number): Promise<StoredVector[]>;
  /** Vectors that were lost with seq > afterSeq in ascending order, at most `limit`. Kept for a week. */
  lostSince(space: SpaceId, afterSeq: number, limit: number): Promise<LostVector[]>;
  /** `OpenedMedia.digest` of what the stored vectors were made from. */
  digests(space: SpaceId, fileIds: readonly FileId[]): Promise<Map<FileId, string>>;
  /** Of what the stored vectors were made from: `OpenedMedia.digest`, and the miniature where the embedder made one. */
  photos(space: SpaceId, fileIds: readonly FileId[]): Promise<Map<FileId, { digest: string; miniature?: Uint8Array }>>;
  /** As `vectorsSince`, with the palettes instead of the vectors. */
  palettesSince(space: SpaceId, afterSeq: number, limit: number): Promise<StoredPalette[]>;
  /** Goes with the vector of this `seq`: one that was replaced meanwhile has none yet. */
  keepPalettes(space: SpaceId, found: ReadonlyArray<Required<StoredPalette>>): Promise<void>;
  /** (fileId, seq) of every vector of the space with fileId > afterId, ascending by fileId. */
  vectorKeys(space: SpaceId, afterId: FileId, limit: number): Promise<Array<{ fileId: FileId; seq: number }>>;
  /** Spaces that have rows. */
  spaces(): Promise<SpaceId[]>;
  /** Removes all rows of a space, or those of these pictures. */
  dropSpace(space: SpaceId, fileIds?: readonly FileId[]): Promise<void>;
}

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
  /**
   * `exact`: answers by scanning while the graph is being built; `graph`: approximate search + exact re-rank; `fallback`: the server of
   * the index is away, and searches compare the stored vectors.
   */
  mode: 'exact' | 'graph' | 'fallback';
  state: 'opening' | 'ready' | 'restarting' | 'closed';
  /** Why the files on disk were not used at the last open, if so. */
  rebuiltBecause?: string;
  /** Why changes are kept in memory only at the moment, or why nothing is searched, if so. */
  problem?: string;
  /** Of the problem, where it is one of the error table. */
  code?: ErrorCode;
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
  /** Saves atomically now. Saving also happens automatically some time after a change, and at close. */
  save(): Promise<void>;
  status(): Promise<IndexStatus>;
  close(): Promise<void>;
}

/** Small JSON documents stored with the queue, e.g. which space is live. Every node sees the same ones. */
export interface Records {
  read<T>(name: string): Promise<{ revision: number; value: T } | undefined>;
  /**
   * Writes if the record's revision is still `after` (0: there is none yet), and makes it one larger.
   * @returns false when somebody else was faster.
   */
  write(name: string, value: unknown, after: number): Promise<boolean>;
}

/** Bytes stored with the queue that are too large for a record, e.g. a projection. Every node sees the same ones. */
export interface Blobs {
  read(name: string): Promise<Uint8Array | undefined>;
  /** Replaces the current value. @param name at most 120 characters. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** What editors decided about similar items. */
export interface Rules {
  /** Pins and hides about what is shown for `source` (undefined: a picture that is not in the library), pins by position. */
  concerning(type: string, source: string | undefined): Promise<StoredRule[]>;
  list(kinds: ReadonlyArray<Rule['kind']>): Promise<StoredRule[]>;
  /** Replaces a rule of the same kind about the same items. */
  set(rule: Rule, author?: string): Promise<void>;
  /** @returns whether there was such a rule. */
  remove(rule: Omit<Rule, 'place'>): Promise<boolean>;
}

/** What people said of pictures that look alike. */
export interface Verdicts {
  /** By documentId: pairs, the oldest verdict first, and sets of pictures that are all different from each other. */
  all(): Promise<{ pairs: Array<{ kind: Verdict['kind']; a: string; b: string }>; sets: string[][] }>;
  /** Another text after each verdict, at the cost of one statement. */
  state(): Promise<string>;
  /** Says it of each two of these pictures. What was said to the contrary no longer holds. */
  judge(kind: Verdict['kind'], pictures: readonly string[], author?: string): Promise<void>;
  /** Nothing of this kind is said of any two of these pictures. */
  undo(kind: Verdict['kind'], pictures: readonly string[]): Promise<void>;
}

/** A verdict on a group is one of them. */
export interface StoredDecision {
  id: number;
  kind: DecisionKind;
  /** Of its items: `file`, or the uid of a content type. */
  type: string;
  target: string;
  /** Absent: everywhere, or a verdict on more than two pictures. */
  source?: string;
  /** Of a pin. */
  place?: number;
  /** Of a verdict on more than two pictures: how many besides the target. */
  others?: number;
  author?: string;
  createdAt: number;
}

export interface DecisionsQuery {
  kind?: DecisionKind;
  author?: string;
  /** From 1. */
  page: number;
  pageSize: number;
}

/** All rules and verdicts as one list of what people decided. */
export interface Decisions {
  /** The latest first. */
  page(query: DecisionsQuery): Promise<{ decisions: StoredDecision[]; total: number }>;
  /** Who has decided something, by name. */
  authors(): Promise<string[]>;
  get(id: number): Promise<StoredDecision | undefined>;
  /** DocumentIds of all pictures that a verdict is about. */
  pictures(id: number): Promise<string[]>;
  /** Takes back a verdict, and no other that says the same of some of its pictures. @returns whether there was one. */
  removeVerdict(id: number): Promise<boolean>;
}

/** Names the published entry, in one locale where the type has locales, or the file whose top results are meant. */
export interface TopKey {
  /** Uid of the content type, or `file`. */
  type: string;
  documentId: string;
  locale?: string;
}

export interface TopResult {
  documentId: string;
  source: SimilarItem['source'];
  similarity: number | null;
}

export interface Top extends TopKey {
  /** Best first. */
  results: TopResult[];
}

/** Something that may have changed the top results of entries. */
export interface Change {
  /** `file`, the uid of a content type, or `*`: nobody knows what. */
  type: string;
  /** Id of the file, documentId of the entry; empty for `*`. */
  target: string;
}

export interface NotedChange extends Change {
  id: number;
}

export interface UnsentTop extends Top {
  id: number;
  signature: string;
  /** How often it could not be sent. */
  attempts: number;
}

/** The last known top results of entries, what may have changed them, and which changes have not been reported yet. Survives restarts. */
export interface Tops {
  note(changes: readonly Change[]): Promise<void>;
  /** With id > afterId, ascending. */
  noted(afterId: number, limit: number): Promise<NotedChange[]>;
  settle(ids: readonly number[]): Promise<void>;
  /** Entries whose top results hang on any of these documentIds or pictures (`refOf`). */
  hangingOn(refs: readonly string[]): Promise<TopKey[]>;
  /**
   * Keeps what is known now; of several nodes that see the same change, one is to send it.
   * @param refs documentIds and pictures that the results hang on.
   * @param news `all`: whatever is different is to be sent; `known`: an entry that was not known before is not; `none`: nothing is.
   */
  put(top: Top, refs: readonly string[], news: 'all' | 'known' | 'none'): Promise<void>;
  drop(key: TopKey): Promise<void>;
  /** Leases what is to be sent, what waited longest first. */
  claim(limit: number, leaseMs: number): Promise<UnsentTop[]>;
  sent(tops: readonly UnsentTop[]): Promise<void>;
  /** Gives them back, to be claimed again after so long. */
  failed(tops: readonly UnsentTop[], delayMs: number): Promise<void>;
}

/** How `hangingOn` and `put` name a picture of the media library. */
export const refOf = (fileId: number | string) => `#${fileId}`;
