import { readFileSync } from 'node:fs';
import type { Embedder } from '../../plugin/pipeline/ports';

const LOOK_MS = 20;

/**
 * Watches the embedder's process, and those that follow it after a crash. Linux only.
 * @returns a function that stops watching and says the largest number of resident bytes; undefined where the system does not tell.
 */
export function watchPeakMemory(embedder: Embedder): () => number | undefined {
  let largest: number | undefined;
  const look = () => {
    try {
      const status = readFileSync(`/proc/${embedder.status().pid}/status`, 'utf8');
      const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
      largest = Math.max(largest ?? 0, peak);
    } catch {
      // Between two processes, or on another system.
    }
  };
  const timer = setInterval(look, LOOK_MS);
  return () => {
    look();
    clearInterval(timer);
    return largest;
  };
}
