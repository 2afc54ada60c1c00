import { useAction } from './use-action';
import { useApi } from './use-api';
import { useText } from './use-text';

const LOOK_MS = 1_000;
/** After so many looks, others wait before these: they are told of by the list. */
const LOOKS = 60;
const MOST = 500;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Retry {
  busy: boolean;
  /**
   * @param fileIds absent: all.
   * @param onSent the server has taken it; there is no outcome yet.
   */
  retry(fileIds: number[] | undefined, onSent: () => void): Promise<void>;
}

/** Tries pictures again, waits for what comes of it, and says that. */
export function useRetry(): Retry {
  const api = useApi();
  const text = useText();
  const { act, busy } = useAction();

  /** How many of them failed again; undefined: some still wait, or nobody looks any more. */
  async function outcome(fileIds: number[] | undefined): Promise<number | undefined> {
    for (let look = 0; look < LOOKS; look++) {
      await pause(LOOK_MS);
      if ((await api.progress()).pending > 0) continue;
      const failed = await api.failed(MOST);
      return failed.filter(({ fileId }) => fileIds?.includes(fileId) ?? true).length;
    }
    return undefined;
  }

  async function attempt(fileIds: number[] | undefined, onSent: () => void) {
    const { retried } = await api.retry(fileIds);
    onSent();
    return { tried: retried, failed: await outcome(fileIds).catch(() => undefined) };
  }

  const retry: Retry['retry'] = (fileIds, onSent) =>
    act(
      () => attempt(fileIds, onSent),
      ({ tried, failed }) =>
        failed === undefined
          ? text('failed.retried')
          : failed === 0
            ? text('failed.worked', { count: tried })
            : text('failed.again', { count: failed, indexed: Math.max(0, tried - failed) }),
    );
  return { busy, retry };
}
