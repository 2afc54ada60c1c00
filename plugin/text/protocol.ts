import type { TextTower } from '../models/text-tower';

/** What client and process say to each other. */

export interface TextProcessOptions {
  tower: Omit<TextTower, 'sha256'>;
  /** Threads of one run. */
  threads: number;
}

export type ToTextProcess =
  | { type: 'start'; options: TextProcessOptions }
  | { type: 'embed'; id: number; texts: string[] };

export type FromTextProcess =
  | { type: 'ready'; engine: string; memoryMb: number }
  /** The tower cannot run; the process ends. */
  | { type: 'failed'; message: string }
  /** Unit length; null for a text that the model has no tokens for. */
  | { type: 'embedded'; id: number; vectors: Array<Float32Array | null> };
