import { useCallback, useEffect, useRef, useState } from 'react';
import { isRefusal, retryAfter } from './retries';

export interface Remote<T> {
  data?: T;
  error?: Error;
  loading: boolean;
  reload(): void;
}

interface Options<T> {
  /** What is asked about: data goes when another one cannot be loaded. Default: `key`. */
  subject?: string;
  /** What the first `key` would load, where it is known already: shown at once, and not loaded. */
  known?: T;
  /** Reload interval in milliseconds; undefined or 0: never. */
  pollMs?: number | ((data: T_ | undefined) => number | undefined);
  /** Waits so long before loading again, so that quick changes of the key load once. */
  delayMs?: number;
}
// biome-ignore lint/suspicious/noExplicitAny: the poll function only reads the fields it knows
type T_ = any;

/**
 * Loads when `key` changes and, with `pollMs`, again and again while the page is visible. The last data stays visible in the meantime.
 * `key` undefined: nothing is loaded.
 */
export function useRemote<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
  { known, subject = key, pollMs, delayMs = 0 }: Options<T> = {},
): Remote<T> {
  const [turn, setTurn] = useState(0);
  const question = `${turn} ${key}`;
  const [state, setState] = useState<{ data?: T; of?: string; error?: Error; ended?: string }>({
    data: known,
    of: subject,
    ended: known === undefined ? undefined : question,
  });
  const latest = useRef({ load, pollMs, subject });
  latest.current = { load, pollMs, subject };
  const hasRun = useRef(false);
  const notYetUsed = useRef(known);

  useEffect(() => {
    const already = notYetUsed.current;
    notYetUsed.current = undefined;
    if (key === undefined) {
      setState({});
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
      let refused = false;
      try {
        data = await latest.current.load(abort.signal);
        if (abort.signal.aborted) return;
        failures = 0;
        setState({ data, of: latest.current.subject, ended: question });
      } catch (error) {
        if (abort.signal.aborted) return;
        failures++;
        refused = isRefusal(error);
        // What another question was answered is no answer to this one.
        setState((before) => ({
          ...(before.of === latest.current.subject && before),
          error: error as Error,
          ended: question,
        }));
      }
      if (failures > 0 && (waitAfter(data) || !refused)) {
        timer = setTimeout(run, retryAfter(failures));
      } else if (failures === 0) {
        again(data);
      }
    }

    function waitAfter(data: T | undefined): number | undefined {
      const { pollMs: poll } = latest.current;
      return typeof poll === 'function' ? poll(data) : poll;
    }

    function again(data: T | undefined): void {
      const wait = waitAfter(data);
      if (wait) timer = setTimeout(run, wait);
    }

    if (already !== undefined) {
      again(already);
    } else {
      timer = setTimeout(run, hasRun.current ? delayMs : 0);
    }
    hasRun.current = true;
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key, question, delayMs]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const { data, error, ended } = state;
  // Not set by the effect: after a change there would be a moment in which the old list could still be used.
  return { data, error, loading: key !== undefined && ended !== question, reload };
}
