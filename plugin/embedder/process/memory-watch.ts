const CHECK_MS = 20;
/** A decoder can take this much more between two checks. */
const MARGIN_MB = 64;

/**
 * Calls `onLimit` once when this process is about to hold `roomMb` MiB more than it does now: a limit of the whole would
 * leave pictures the less room the larger the model is.
 * @returns MiB that it holds now.
 */
export function watchMemory(roomMb: number, onLimit: (memoryMb: number) => void): number {
  const before = residentMb();
  const timer = setInterval(() => {
    const now = residentMb();
    if (now + MARGIN_MB <= before + roomMb) return;
    clearInterval(timer);
    onLimit(now);
  }, CHECK_MS);
  timer.unref();
  return before;
}

function residentMb(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}
