import type { Budget } from '../../../plugin/budget';
import { SimilarError } from '../../../plugin/errors';
import { type Download, type DownloadOptions, download } from './download';

export interface BoundedOptions extends DownloadOptions {
  budget: Pick<Budget, 'take'>;
  /** Size of the file according to the media library; an unknown size counts as `maxBytes`. */
  expected?: number;
  /** Takes its room at once. */
  now?: boolean;
}

/**
 * Downloads while there is room, which is held until `close`.
 * @param addresses are requested when there is room: signed ones are good for minutes only.
 */
export async function boundedDownload(addresses: () => Promise<URL[]>, options: BoundedOptions): Promise<Download> {
  const { maxBytes, expected = maxBytes, budget, now } = options;
  // A file that turns out larger than stated starts again with the room it may need. Growing while others grow, too,
  // could leave all of them waiting for each other.
  for (const bytes of new Set([Math.min(expected, maxBytes), maxBytes])) {
    const giveBack = await budget.take(bytes, now);
    try {
      const copy = await download(await addresses(), { ...options, maxBytes: bytes });
      return { ...copy, close: () => copy.close().finally(giveBack) };
    } catch (error) {
      giveBack();
      const outgrown = error instanceof SimilarError && error.code === 'TOO_LARGE' && bytes < maxBytes;
      if (!outgrown) throw error;
    }
  }
  throw new Error('unreachable: the last attempt returns or throws');
}
