import type { WeaviateClient } from 'weaviate-client';
import type { SimilarConfig } from '../contracts/config';
import { SimilarError } from '../errors';
import type { Logger } from '../ports';
import { createOutage } from './outage';
import { LONG_TIMES } from './shared-index';
import { isGone, loadWeaviate } from './weaviate-client';

type Config = Pick<SimilarConfig['index'], 'weaviate' | 'timeoutMs'>;

export interface WeaviateConnection {
  /**
   * Does something with the client. While the server is known to be away, it fails at once.
   * @throws SimilarError `WEAVIATE_UNAVAILABLE`
   */
  call<T>(work: (client: WeaviateClient) => Promise<T>): Promise<T>;
  /** Why the last call failed, until one succeeds. */
  readonly problem: SimilarError | undefined;
  close(): Promise<void>;
}

const DEFAULT_GRPC_PORT = 50_051;
const READY_TIMEOUT_MS = 5_000;

/** While the server is away, it is looked at now and then, and nothing else is sent to it. */
export function createWeaviateConnection(config: Config, logger: Logger, onReturn?: () => void): WeaviateConnection {
  const { origin } = new URL(config.weaviate.url as string);
  const outage = createOutage({
    name: `Weaviate at ${origin}`,
    logger,
    answers: () => answers(config),
    onEnded: onReturn,
  });
  let client: Promise<WeaviateClient> | undefined;
  let problem: SimilarError | undefined;

  async function letGo(): Promise<void> {
    const last = client;
    client = undefined;
    await last?.then((one) => one.close()).catch(() => {});
  }

  return {
    async call(work) {
      if (outage.problem) throw outage.problem;
      try {
        client ??= connect(config);
        const result = await work(await client);
        problem = undefined;
        return result;
      } catch (error) {
        if (error instanceof SimilarError) throw error;
        // A request that fails may have been a wrong one, or Weaviate may lack replicas: other requests may succeed.
        const isReady = await answers(config);
        const what = isReady ? `refuses a request: ${reasonOf(error)}` : 'does not answer';
        const details = isReady ? {} : { isTold: true };
        problem = new SimilarError('WEAVIATE_UNAVAILABLE', `Weaviate at ${origin} ${what}`, details, { cause: error });
        if (!isReady) {
          outage.began(problem, `does not answer (${reasonOf(error)})`);
          void letGo();
        }
        throw problem;
      }
    },
    get problem() {
      return problem;
    },
    async close() {
      outage.close();
      await letGo();
    },
  };
}

async function connect({ weaviate: { url, grpcUrl, apiKey }, timeoutMs }: Config): Promise<WeaviateClient> {
  const { default: weaviate, ApiKey } = loadWeaviate();
  const http = new URL(url as string);
  const grpc = grpcUrl ? new URL(grpcUrl) : undefined;
  return weaviate.connectToCustom({
    httpHost: http.hostname,
    httpPort: portOf(http),
    httpPath: http.pathname.replace(/\/$/, ''),
    httpSecure: http.protocol === 'https:',
    grpcHost: (grpc ?? http).hostname,
    grpcPort: grpc ? portOf(grpc) : DEFAULT_GRPC_PORT,
    grpcSecure: (grpc ?? http).protocol === 'https:',
    authCredentials: apiKey ? new ApiKey(apiKey) : undefined,
    // Seconds, of one request.
    timeout: { init: 5, query: timeoutMs / 1_000, insert: (LONG_TIMES * timeoutMs) / 1_000 },
    // It would be refused for good if the server were away now.
    skipInitChecks: true,
  });
}

/**
 * Looks without changing anything, over both of its ports.
 * @returns what is there.
 * @throws SimilarError `WEAVIATE_UNAVAILABLE`, `WEAVIATE_CLIENT_MISSING`
 */
export async function lookForWeaviate(config: Config): Promise<string> {
  const silent = () => {};
  const connection = createWeaviateConnection(config, { info: silent, warn: silent, error: silent, debug: silent });
  try {
    return await connection.call(async (client) => {
      const { version } = await client.getMeta();
      await client.collections.get(`${config.weaviate.prefix}_`).query.fetchObjects({ limit: 1 }).catch(unlessMissing);
      return `version ${version} at ${new URL(config.weaviate.url as string).origin}`;
    });
  } finally {
    await connection.close();
  }
}

/** That no collection has this name says that gRPC works. */
function unlessMissing(error: Error): void {
  if (!isGone(error)) throw error;
}

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80);

/** Whether the server is there and takes requests. */
async function answers({ weaviate: { url } }: Config): Promise<boolean> {
  try {
    const ready = `${(url as string).replace(/\/$/, '')}/v1/.well-known/ready`;
    return (await fetch(ready, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) })).ok;
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const reason = (cause as Error | undefined)?.message || message;
  return reason.split('\n')[0].slice(0, 300);
}
