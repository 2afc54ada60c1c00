/** With less of the work seen, the estimate would jump. */
const LEAST_SEEN = 0.05;

/**
 * Seconds until a piece of work is done, at its speed since the first share that was heard of: what went before, as the start of a
 * process, does not come again.
 * @returns of a share from 0 to 1; undefined while too little is known.
 */
export function createTimeLeft(now: () => number = () => performance.now()): (share: number) => number | undefined {
  let first: { share: number; at: number } | undefined;
  return (share) => {
    first ??= { share, at: now() };
    const seen = share - first.share;
    if (seen < LEAST_SEEN) return undefined;
    return ((now() - first.at) / 1_000) * ((1 - share) / seen);
  };
}
