import { readFileSync } from 'node:fs';
import type { Embedder } from '../../plugin/ports';

const LOOK_MS = 20;

/**
 * Watches the embedder's process, and those that follow it after a crash. Linux only.
 * @returns a function that stops watching and says the largest number of resident bytes; undefined where the system does not tell.
 */
export function watchPeakMemory(embedder: Embedder): () => number | undefined {
  let largest: number | undefined;
  const look = () => {
    const peak = read(embedder, 'VmHWM');
    if (peak !== undefined) largest = Math.max(largest ?? 0, peak);
  };
  const timer = setInterval(look, LOOK_MS);
  return () => {
    look();
    clearInterval(timer);
    return largest;
  };
}

/** Resident bytes of the embedder's process now; undefined where the system does not tell. */
export const memoryOf = (embedder: Embedder) => read(embedder, 'VmRSS');

function read(embedder: Embedder, entry: 'VmHWM' | 'VmRSS'): number | undefined {
  try {
    const status = readFileSync(`/proc/${embedder.status().pid}/status`, 'utf8');
    const kilobytes = new RegExp(`${entry}:\\s+(\\d+) kB`).exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    // Between two processes, or on another system.
    return undefined;
  }
}
