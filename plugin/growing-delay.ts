/** How long to wait after a number of consecutive failures, in ms: twice as long each time, up to a limit. */
export const growingDelay = (failures: number, firstMs: number, lastMs: number): number =>
  Math.min(firstMs * 2 ** (failures - 1), lastMs);
