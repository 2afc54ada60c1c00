/** What all nodes know of cancelled layouts of one map. */
export interface MapHold {
  read(): Promise<{
    /** Grows with every cancel: a layout that has begun before ends. */
    turn: number;
    /** A layout that was due has been cancelled, and nobody has asked for it since. */
    held: boolean;
  }>;
  cancel(): Promise<void>;
  keep(): Promise<void>;
  release(): Promise<void>;
}

/** How soon a cancel on another node ends the work here. */
const WATCH_MS = 1_000;

/** Aborts the work once somebody has cancelled it since `turn`, on whichever node. @returns what ends the watch. */
export function abortWhenCancelled(
  hold: Pick<MapHold, 'read'>,
  turn: number,
  work: AbortController,
  watchMs = WATCH_MS,
): () => void {
  async function look(): Promise<void> {
    // While the database does not answer, the work goes on.
    const now = await hold.read().catch(() => undefined);
    if (now && now.turn !== turn) work.abort();
  }
  void look();
  const timer = setInterval(look, watchMs).unref();
  return () => clearInterval(timer);
}
