import type { Progress } from '../../../plugin/contracts/progress';
import { useAction } from './use-action';
import { type RetryOnly, useApi } from './use-api';
import { useText } from './use-text';

const LOOK_MS = 1_000;
/** After so many looks, others wait before these: they are told of by the list. */
const LOOKS = 60;
const MOST = 500;

const failedOf = ({ failed, unsupported }: Progress) => failed + unsupported;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Retry {
  busy: boolean;
  /** @param onSent the server has taken it; there is no outcome yet. */
  retry(only: RetryOnly, onSent: () => void): Promise<void>;
}

/** Tries pictures again, waits for what comes of it, and says that. */
export function useRetry(): Retry {
  const api = useApi();
  const text = useText();
  const { act, busy } = useAction();

  /**
   * How many of them failed again; undefined: some still wait, or nobody looks any more.
   * @param others failed pictures that were not tried.
   */
  async function outcome({ fileIds }: RetryOnly, others: number): Promise<number | undefined> {
    for (let look = 0; look < LOOKS; look++) {
      await pause(LOOK_MS);
      const progress = await api.progress();
      if (progress.pending > 0) continue;
      if (!fileIds) return Math.max(0, failedOf(progress) - others);
      return (await api.failed(MOST)).filter(({ fileId }) => fileIds.includes(fileId)).length;
    }
    return undefined;
  }

  async function attempt(only: RetryOnly, onSent: () => void) {
    const before = failedOf(await api.progress());
    const { retried } = await api.retry(only);
    onSent();
    const failed = await outcome(only, Math.max(0, before - retried)).catch(() => undefined);
    return { tried: retried, failed: failed && Math.min(failed, retried) };
  }

  const retry: Retry['retry'] = (only, onSent) =>
    act(
      () => attempt(only, onSent),
      ({ tried, failed }) =>
        failed === undefined
          ? text('failed.retried')
          : failed === 0
            ? text('failed.worked', { count: tried })
            : text('failed.again', { count: failed, indexed: Math.max(0, tried - failed) }),
    );
  return { busy, retry };
}
