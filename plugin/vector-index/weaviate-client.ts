import path from 'node:path';
import type * as Weaviate from 'weaviate-client';
import { SimilarError } from '../errors';
import { findPeer } from '../optional-peer';

/** Folders where it is looked for, as code in them would: the project's own first. */
const folders = () => [process.cwd(), __dirname];

/**
 * The project's weaviate-client, which is optional.
 * @throws SimilarError `WEAVIATE_CLIENT_MISSING`
 */
export function loadWeaviate(from: readonly string[] = folders()): typeof Weaviate {
  const found = findPeer('weaviate-client', from);
  if (found) {
    const loaded: typeof Weaviate = found.load(found.file);
    keepFromRetrying(found.file, found.load);
    return loaded;
  }
  const code = 'WEAVIATE_CLIENT_MISSING';
  throw new SimilarError(code, '`index.provider` is `weaviate`, which needs the package weaviate-client');
}

/**
 * By itself, the client tries each request again for half a minute and writes each attempt to the console. Searches are to fail at once,
 * and writes are tried again by whoever asked for them. Where a later release has that elsewhere, it is only slower and louder.
 */
function keepFromRetrying(main: string, requireThere: NodeJS.Require): void {
  try {
    requireThere(path.join(path.dirname(main), 'grpc', 'retry.js')).retryOptions.retry = false;
  } catch {}
}

/** Whether an error says that the collection is not there (any more). */
export const isGone = (error: unknown): boolean =>
  /could not find class|class not found|no such class|class .* (does not exist|not found)/i.test(
    String((error as Error)?.message),
  );
