import type { ResolvedModel } from '../models/model';
import type { Crop, EmbedResult, ExplainResult } from '../ports';
import type { DecodeLimits } from './process/decode';

/** What client and process say to each other. */

export interface ProcessOptions {
  model: Pick<ResolvedModel, 'path' | 'dims' | 'preprocessing' | 'tensors'>;
  /** `auto`, or the name of an engine. */
  engine: string;
  /** Threads of one run. */
  threads: number;
  /** Pictures of one run, at most. */
  batchSize: number;
  /** Pictures that are decoded at the same time. */
  decoders: number;
  limits: DecodeLimits;
}

export interface EmbedRequest {
  id: number;
  path: string;
  crop?: Crop;
  /** Less than that of all pictures. */
  maxPixels?: number;
}

export type ToProcess =
  | { type: 'start'; options: ProcessOptions }
  | { type: 'embed'; pictures: EmbedRequest[] }
  | { type: 'explain'; id: number; paths: [string, string] };

/** Sent in lists: messages that follow each other closely travel together. */
export type FromProcess =
  | { type: 'ready'; engine: string; device: string; skipped: string[]; memoryMb: number }
  /** The engine cannot run; the process ends. */
  | { type: 'failed'; message: string }
  /** The picture's bytes are read or decoded from now on. */
  | { type: 'decoding'; id: number }
  /** Its decoder waits until others are done. */
  | { type: 'waiting'; id: number }
  /** It waits for the engine. */
  | { type: 'decoded'; id: number }
  | { type: 'results'; results: Array<{ id: number; result: EmbedResult }> }
  | { type: 'explained'; id: number; result: ExplainResult }
  /** The process has more memory than it may; it ends. */
  | { type: 'out-of-memory'; memoryMb: number };
