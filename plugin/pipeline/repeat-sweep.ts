/** Sweeps go on for at most this share of the time. */
const SHARE = 1 / 20;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Ms from the end of a sweep to the next one: that of a large library may last as long as the interval. */
export const pauseAfter = (tookMs: number, intervalMs: number): number =>
  Math.min(Math.max(intervalMs, tookMs / SHARE), LONGEST_TIMER_MS);

/**
 * Sweeps now and from then on; never two at once. @param sweep never rejects. @param intervalMs the least pause; 0: once only.
 * @returns what ends it.
 */
export function repeatSweep(sweep: () => Promise<void>, intervalMs: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  async function run(): Promise<void> {
    const started = performance.now();
    await sweep();
    if (ended || intervalMs === 0) return;
    timer = setTimeout(() => void run(), pauseAfter(performance.now() - started, intervalMs)).unref();
  }

  void run();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
