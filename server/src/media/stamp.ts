import { createHash } from 'node:crypto';
import type { FileRow } from './row';

/** What the row of a remote file says of its bytes, and nothing else of it: stays when a text is edited or the file is moved. */
export function remoteStamp({ url, hash, ext, mime, size, width, height, formats }: FileRow): string {
  // A replaced file keeps url, hash and ext, and may have the same size and measures. The bytes of its thumbnails differ even
  // then, so nothing is missed that was replaced while the plugin was off. `updatedAt` would tell of every edited text, too.
  const thumbnails = Object.entries(formats ?? {})
    .map(([name, format]) => [name, format?.sizeInBytes ?? format?.size ?? 0])
    .sort();
  const said = JSON.stringify([url, hash, ext, mime, Number(size), width, height, thumbnails]);
  return `row-${createHash('sha256').update(said).digest('hex').slice(0, 32)}`;
}

/** How stamps of this file began that were made of `updatedAt`; the time behind is passed over. */
export const earlierStamp = ({ url, size }: FileRow): string => `${url}|${size}|`;
