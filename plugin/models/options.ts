import type { CustomModel } from '../contracts/custom-model';
import type { Logger } from '../ports';
import type { Preprocessing } from './model';

export type ModelProgress =
  /** Bytes; `total` is missing when the server does not say. */
  { phase: 'download'; done: number; total?: number } | { phase: 'convert' };

/** Where models are looked up and how they are downloaded: section `models` of the configuration, plus what a caller adds. */
export interface ModelOptions {
  /** Default: SIMILAR_MODEL_CACHE, else a folder in the user's cache. */
  cacheDir?: string;
  /** Weights file, or folder that holds it under its published name. Default: SIMILAR_MODEL_PATH. */
  path?: string;
  /** Address of the file, or of the folder that holds it under its published name. Used instead of the official address. */
  mirror?: string;
  /** SHA-256 of the weights file when it is meant to be another than the published one. */
  sha256?: string;
  /** Where published models are downloaded from: a mirror of huggingface.co with the same paths. */
  hub?: string;
  /** Models of one's own, by name. */
  custom?: Readonly<Record<string, CustomModel>>;
  /** SHA-256 of the file when the first vectors were made, for a model of one's own that is given none. */
  pinned?: string;
  /** Never use the network. */
  offline?: boolean;
  /** Instead of the model's own. Part of the space. */
  resize?: Preprocessing['resize'];
  /** Longest silence of the server before a new attempt, in milliseconds. */
  timeoutMs?: number;
  /** Consecutive attempts without new bytes before the download is abandoned. */
  retries?: number;
  /** First wait between two attempts, in milliseconds; doubles up to half a minute. */
  backoffMs?: number;
  /** Largest file that is downloaded, in bytes. */
  maxBytes?: number;
  /** Folder of the models that come with the package, if it is not the package's own. */
  bundledDir?: string;
  onProgress?: (progress: ModelProgress) => void;
  /** An attempt to download the file failed, and another one follows. Default: `log.warn`. */
  onRetry?: (why: string) => void;
  log?: Pick<Logger, 'info' | 'warn'>;
  signal?: AbortSignal;
}
