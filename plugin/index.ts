/** The core's public API: everything that works without Strapi. */
export { configSchema, type FiltersFor, type SimilarConfig, type SimilarConfigInput } from './contracts/config';
export type { Progress } from './contracts/progress';
export type { SimilarItem, SimilarQuery, SimilarResponse, SimilarStatus } from './contracts/similar';
export { ERRORS, type ErrorCode, SimilarError } from './errors';
export type { FolderLibrary, FolderMatch } from './folder/library';
export { type FolderOptions, fetchMostSimilar, openFolder } from './folder/open-folder';
export type {
  Blobs,
  Change,
  Claim,
  Crop,
  Embedded,
  Embedder,
  EmbedderStatus,
  EmbeddingStore,
  EmbedFailure,
  EmbedOptions,
  EmbedResult,
  ExplainResult,
  Explanation,
  FileId,
  IndexStatus,
  ItemState,
  ItemStatus,
  Logger,
  Match,
  MediaEntry,
  MediaSource,
  NotedChange,
  OpenedMedia,
  Records,
  Rules,
  SearchOptions,
  Space,
  SpaceId,
  StoreCounts,
  StoredVector,
  Top,
  TopKey,
  TopResult,
  Tops,
  UnsentTop,
  VectorIndex,
} from './ports';
export { createSimilarity, type Similarity, type SimilarityOptions } from './similarity';
