import { createHash } from 'node:crypto';
import type { FileRow } from './row';

/** What caches between here and the storage obey: bytes that were replaced keep their address. */
export const PAST_CACHES = { 'cache-control': 'no-cache', pragma: 'no-cache' };

/**
 * Many CDNs only ask the storage again for a URL that they do not know: one that changes with the row comes first. Not for an
 * address with a query of its own: it may be signed, and one more parameter would break the signature.
 * @returns the addresses to ask in turn; a server may refuse parameters.
 */
export function addressesPastCaches(url: URL, stamp: string, { updatedAt }: FileRow): URL[] {
  if (url.search) return [url];
  const fresh = new URL(url);
  const version = createHash('sha256')
    .update(`${stamp} ${new Date(updatedAt).getTime()}`)
    .digest('hex');
  fresh.searchParams.set('similar', version.slice(0, 16));
  return [fresh, url];
}
