import type { ErrorCode } from '../../errors';
import type { Space } from './space';

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

export type EmbedResult = { ok: true /** unit length, `space.dims` numbers */; vector: Float32Array } | EmbedFailure;

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
}

/** What the cosine of two pictures is made of. */
export interface Explanation {
  similarity: number;
  /** Per cell of the picture (row by row, a square grid): its part of `similarity`. Each list adds up to it. */
  regions: { query: number[]; result: number[] };
  /** How much of what the model sees in the two hangs on each colour: their embeddings turn when it is missing. Adds up to 1. */
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
  /** Pictures that may be in flight at once so that decoding overlaps the run: the pump keeps this many going. */
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
