const CHECK_MS = 20;
/** A decoder takes this much more between two looks. */
const MARGIN_MB = 64;
/** Room for decoding when the engine alone takes nearly all that is allowed. */
const LEAST_ROOM_MB = 256;

/**
 * Calls `onLimit` once when this process is about to hold more than `limitMb` MiB of memory.
 * @returns the limit that holds: a large model raises it.
 */
export function watchMemory(limitMb: number, onLimit: (memoryMb: number) => void): number {
  const limit = Math.max(limitMb, residentMb() + LEAST_ROOM_MB);
  const timer = setInterval(() => {
    const now = residentMb();
    if (now + MARGIN_MB <= limit) return;
    clearInterval(timer);
    onLimit(now);
  }, CHECK_MS);
  timer.unref();
  return limit;
}

export function residentMb(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}
