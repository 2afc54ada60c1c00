import type { Dispatcher, Response } from 'undici';
import { SimilarError } from '../../../plugin/errors';
import { PAST_CACHES } from './past-caches';
import { following } from './redirects';

/** Statuses that say the object is gone for good; every other failure may pass. */
const GONE = [404, 410];

/** What the thrower knows of the file, e.g. its stamp. */
export type Details = Record<string, unknown>;

export interface RequestOptions {
  details?: Details;
  /** Whose connections are used; Node's own by default. */
  dispatcher?: Dispatcher;
  signal?: AbortSignal;
}

/** Whether another address may be answered better. */
const isRefused = ({ status }: { status: number }) => status >= 400 && status < 500 && status !== 429;

/** Whether the server does not give this file, while it may give others: stores say 403 of what is not there to who may not list them. */
export function isWithheld(error: unknown): boolean {
  return (
    error instanceof SimilarError &&
    typeof error.details.status === 'number' &&
    isRefused({ status: error.details.status })
  );
}

/**
 * Requests a file by its addresses in turn, until one is not refused.
 * @throws SimilarError `DOWNLOAD_FAILED` or `BYTES_MISSING`, or what fetch throws.
 */
export async function request(addresses: readonly URL[], options: RequestOptions): Promise<Response> {
  const { details = {}, dispatcher, signal } = options;
  const { fetch } = await import('undici');
  const ask = (address: URL) =>
    following(address, (url) => fetch(url, { dispatcher, headers: PAST_CACHES, redirect: 'manual', signal }));
  const [first, ...others] = addresses;
  let response = await ask(first);
  for (const address of others) {
    if (!isRefused(response)) break;
    await response.body?.cancel();
    response = await ask(address);
  }
  if (response.ok && response.body) return response;
  await response.body?.cancel();
  const code = GONE.includes(response.status) ? 'BYTES_MISSING' : 'DOWNLOAD_FAILED';
  const { status } = response;
  throw new SimilarError(code, `The upload provider answered ${status} for the file`, { ...details, status });
}
