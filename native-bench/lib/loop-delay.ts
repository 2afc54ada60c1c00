import { monitorEventLoopDelay } from 'node:perf_hooks';

/** In milliseconds. */
export interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
}

const RESOLUTION_MS = 1;

/** How long this process keeps what is ready waiting, from now until the returned function is called. */
export function watchLoop(): () => LoopDelay {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return () => {
    delays.disable();
    const [p50, p99, max] = [delays.percentile(50), delays.percentile(99), delays.max].map((nanoseconds) =>
      Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS),
    );
    return { p50, p99, max };
  };
}
