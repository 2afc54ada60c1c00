export interface LayoutProgress {
  /** From 0 to 1. */
  share: number;
  /** Until it is laid out; absent while it is not known. */
  secondsLeft?: number;
}

/** What all nodes know of the layout of one map. */
export interface SharedLayout {
  read(): Promise<{
    /** Grows with every cancel: a layout that has begun before ends. */
    turn: number;
    /** A layout that was due has been cancelled, and nobody has asked for it since. */
    held: boolean;
    /** Of a layout that another node is at. */
    elsewhere?: LayoutProgress;
  }>;
  /**
   * Tells the other nodes how far the layout is that began here in this turn.
   * @param isKept it is laid out, and about to be kept: from then on a cancel comes too late.
   * @returns false if somebody has cancelled it.
   */
  report(turn: number, progress: LayoutProgress, isKept?: boolean): Promise<boolean>;
  /** Nothing is being laid out here any more. */
  end(): Promise<void>;
  /** @returns whether that ends a layout that another node is at. */
  cancel(): Promise<boolean>;
  keep(): Promise<void>;
  release(): Promise<void>;
}

/** How soon a cancel on another node ends the work here, and how old the progress is that other nodes show. */
const REPORT_MS = 1_000;

/** Tells the other nodes how far the work is, and aborts it once somebody has cancelled it since `turn`, on whichever node. */
export function reportUntilCancelled(
  shared: Pick<SharedLayout, 'report' | 'end'>,
  turn: number,
  work: AbortController,
  progress: () => LayoutProgress,
  everyMs = REPORT_MS,
) {
  let reporting: Promise<void> | undefined;
  async function report(isKept = false): Promise<void> {
    // While the database does not answer, the work goes on.
    const goesOn = await shared.report(turn, progress(), isKept).catch(() => true);
    if (!goesOn) work.abort();
  }
  function tick(): void {
    reporting ??= report().finally(() => {
      reporting = undefined;
    });
  }
  tick();
  const timer = setInterval(tick, everyMs).unref();
  /** A report that is still on its way would come after the last one. */
  async function rest(): Promise<void> {
    clearInterval(timer);
    await reporting;
  }
  return {
    /** Whoever cancels from here on is told that it is too late. Aborts the work if somebody was in time. */
    async beforeKept(): Promise<void> {
      await rest();
      await report(true);
    },
    async end(): Promise<void> {
      await rest();
      // The others forget it by themselves.
      await shared.end().catch(() => {});
    },
  };
}
