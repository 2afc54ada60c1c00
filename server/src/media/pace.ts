/** How slow a server may be. */
export interface Pace {
  /** Longest silence, in ms. */
  silenceMs: number;
  /** A file has this long, in ms, and the time that its bytes take at the rate. */
  graceMs: number;
  bytesPerSecond: number;
}

export const PACE: Pace = { silenceMs: 30_000, graceMs: 60_000, bytesPerSecond: 64 * 1024 };

export interface PaceKeeper {
  signal: AbortSignal;
  /** @param total of the bytes that have come so far. */
  came(total: number): void;
  end(): void;
}

/** Watches a download: `signal` is aborted when nothing comes, or too little. Large files get more time than small ones. */
export function keepPace({ silenceMs, graceMs, bytesPerSecond }: Pace): PaceKeeper {
  const controller = new AbortController();
  const start = performance.now();
  const stop = (why: string) => controller.abort(new Error(why));
  const silence = setTimeout(() => stop(`it was silent for ${silenceMs / 1000} s`), silenceMs);
  return {
    signal: controller.signal,
    came(total) {
      silence.refresh();
      const allowedMs = graceMs + (total / bytesPerSecond) * 1000;
      if (performance.now() - start > allowedMs) stop(`it only sent ${total} bytes within ${allowedMs / 1000} s`);
    },
    end: () => clearTimeout(silence),
  };
}
