import path from 'node:path';
import { SimilarError } from '../errors';
import { startChild } from '../processes/fork';

export interface LayoutJob {
  /** Row by row, k for each picture: places of its nearest in these rows, nearest first, itself in front. */
  neighbours: Int32Array;
  /** Distance to each of them, 0 or more. */
  distances: Float32Array;
  /** At least 2, and fewer than there are pictures. */
  k: number;
  /** x and y of each picture to begin with, so that a map that is laid out again looks familiar; NaN: anywhere. */
  start: Float32Array;
}

export type LayoutAnswer =
  | { type: 'progress'; share: number }
  | { type: 'done'; spots: Float32Array }
  | { type: 'failed'; message: string };

export interface LayoutOptions {
  onProgress?(share: number): void;
  /** With the process that has just been started. */
  onStart?(pid: number | undefined): void;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** Measured: 10,000 pictures need less (native-bench/results/map.md). */
const HEAP_MB = 768;

/**
 * Lays pictures out in two dimensions (UMAP), in a process of its own. The same job gives the same layout.
 * @returns x and y of each picture, in units of the library: some dozens from one end to the other.
 * @throws SimilarError `LAYOUT_FAILED` when the process ends without an answer, or is aborted.
 */
export async function layOut(job: LayoutJob, options: LayoutOptions = {}): Promise<Float32Array> {
  const { onProgress, onStart, signal, timeoutMs = 15 * 60_000 } = options;
  const script = path.join(__dirname, `process/layout${path.extname(__filename)}`);
  let spots: Float32Array | undefined;
  let refused: string | undefined;
  const child = startChild<LayoutJob, LayoutAnswer>(script, {
    heapMb: HEAP_MB,
    signal,
    onMessage(answer) {
      if (answer.type === 'progress') return onProgress?.(answer.share);
      if (answer.type === 'done') spots = answer.spots;
      else refused = answer.message;
      child.kill();
    },
  });
  onStart?.(child.pid);
  const timer = setTimeout(child.kill, timeoutMs);
  child.send(job);
  const { how } = await child.ended;
  clearTimeout(timer);
  if (spots) return spots;
  const why = refused ? `could not do it: ${refused}` : `ended (${how})`;
  throw new SimilarError('LAYOUT_FAILED', `The process that lays out the map ${why}.`);
}
