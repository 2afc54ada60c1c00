import { useCallback, useEffect, useRef, useState } from 'react';

export interface Remote<T> {
  data?: T;
  error?: Error;
  loading: boolean;
  reload(): void;
}

interface Options {
  /** Loads again after so many milliseconds; undefined or 0: never. */
  pollMs?: number | ((data: T_ | undefined) => number | undefined);
  /** Waits so long before loading, so that quick changes of the key load once. */
  delayMs?: number;
}
// biome-ignore lint/suspicious/noExplicitAny: the poll function only looks at what it knows of the data
type T_ = any;

/** After an error, a page that polls tries again more and more slowly, so that it comes back when the server does. */
const RETRY_MS = [2_000, 5_000, 15_000, 30_000];

/**
 * Loads when `key` changes and, with `pollMs`, again and again while the page is visible. The last data stays shown meanwhile.
 * `key` undefined: nothing is loaded.
 */
export function useRemote<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
  { pollMs, delayMs = 0 }: Options = {},
): Remote<T> {
  const [state, setState] = useState<{ data?: T; error?: Error; loading: boolean }>({ loading: key !== undefined });
  const [turn, setTurn] = useState(0);
  const latest = useRef({ load, pollMs });
  latest.current = { load, pollMs };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` is how `reload` asks for another run
  useEffect(() => {
    if (key === undefined) {
      setState({ loading: false });
      return;
    }
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    let failures = 0;

    async function run(): Promise<void> {
      if (document.hidden) {
        timer = setTimeout(run, 1_000);
        return;
      }
      let data: T | undefined;
      try {
        data = await latest.current.load(abort.signal);
        if (abort.signal.aborted) return;
        failures = 0;
        setState({ data, loading: false });
      } catch (error) {
        if (abort.signal.aborted) return;
        failures++;
        setState((before) => ({ ...before, error: error as Error, loading: false }));
      }
      const { pollMs: poll } = latest.current;
      const wait = typeof poll === 'function' ? poll(data) : poll;
      if (!wait) return;
      timer = setTimeout(run, failures === 0 ? wait : RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
    }

    setState((before) => ({ ...before, loading: true }));
    timer = setTimeout(run, delayMs);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key, turn, delayMs]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  return { ...state, reload };
}
