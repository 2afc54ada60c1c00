/** What the embedder process says to its parent: each message costs both a system call and a turn of their event loops. */
import type { FromProcess } from '../protocol';

let waiting: FromProcess[] = [];

/** At once, behind those that wait. */
export function say(message: FromProcess, then?: () => void): void {
  waiting.push(message);
  flush(then);
}

/** In one piece with the next message, at the latest in the next turn of the event loop. */
export function sayWithNext(message: FromProcess): void {
  if (waiting.length === 0) setImmediate(flush);
  waiting.push(message);
}

function flush(then?: () => void): void {
  if (waiting.length > 0 && process.connected) process.send?.(waiting, undefined, undefined, then);
  waiting = [];
}
