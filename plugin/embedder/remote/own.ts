import { growingDelay } from '../../growing-delay';
import type { Embedder, EmbedderStatus } from '../../ports';

/** The embedder of this node, which is started when it is needed first. */
export interface OwnEmbedder {
  /** @throws the error of an attempt to start it, also for a while after it. */
  open(): Promise<Embedder>;
  /** Why it cannot be started, if so. */
  readonly problem: string | undefined;
  status(): EmbedderStatus | undefined;
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 3_600_000;

export function createOwnEmbedder(start: () => Promise<Embedder>): OwnEmbedder {
  let opening: Promise<Embedder> | undefined;
  let embedder: Embedder | undefined;
  let problem: string | undefined;
  let failures = 0;

  /** Each attempt may be a download: a failed one is repeated after a while only. */
  async function attempt(): Promise<Embedder> {
    try {
      embedder = await start();
      problem = undefined;
      return embedder;
    } catch (error) {
      problem = (error as Error).message;
      failures++;
      setTimeout(
        () => {
          problem = undefined;
          opening = undefined;
        },
        growingDelay(failures, FIRST_RETRY_MS, LAST_RETRY_MS),
      ).unref();
      throw error;
    }
  }

  return {
    open() {
      opening ??= attempt();
      return opening;
    },
    get problem() {
      const status = embedder?.status();
      return problem ?? (status?.state === 'broken' ? status.problem : undefined);
    },
    status: () => embedder?.status(),
    async close() {
      await opening?.catch(() => {});
      await embedder?.close();
    },
  };
}
