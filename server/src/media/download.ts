import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { formatOf, HEAD_BYTES } from '../../../plugin/embedder/format';
import { SimilarError } from '../../../plugin/errors';
import { type Details, DOWNLOAD_TIMEOUT_MS, type RequestOptions, request } from './request';
import { tooLarge } from './too-large';

export interface DownloadOptions extends RequestOptions {
  maxBytes: number;
}

/** Counts and digests what flows through, and stops at the limit. */
function meter(maxBytes: number, details: Details) {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = Buffer.alloc(0);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
      hash.update(chunk);
      done(bytes > maxBytes ? tooLarge(maxBytes, details) : null, chunk);
    },
  });
  return { stream, result: () => ({ bytes, head, digest: hash.digest('hex') }) };
}

/**
 * Fetches a file of the upload provider, by the first of its addresses that is answered, into a temporary folder. Messages leave out the url, which may be signed.
 * @throws SimilarError `DOWNLOAD_FAILED`, `BYTES_MISSING`, `EMPTY_FILE` or `TOO_LARGE`.
 */
export async function download(addresses: readonly URL[], options: DownloadOptions) {
  const { maxBytes, details = {} } = options;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'similar-'));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const file = path.join(folder, 'picture');
    const metered = meter(maxBytes, details);
    const { body } = await request(addresses, options);
    await pipeline(Readable.fromWeb(body as ReadableStream), metered.stream, createWriteStream(file));
    const { bytes, head, digest } = metered.result();
    if (bytes === 0) throw new SimilarError('EMPTY_FILE', 'The upload provider delivered no bytes', details);
    // A login page, or one that says what is wrong: it comes with status 200, and says nothing of the picture.
    if (formatOf(head)?.name === 'a web page') {
      throw new SimilarError(
        'DOWNLOAD_FAILED',
        'The upload provider delivered a web page instead of the file',
        details,
      );
    }
    return { path: file, digest, bytes, close };
  } catch (error) {
    await close();
    if (error instanceof SimilarError) throw error;
    const { name, message, cause } = error as Error;
    const why =
      name === 'TimeoutError'
        ? `it took longer than ${DOWNLOAD_TIMEOUT_MS / 1000} s`
        : ((cause as Error)?.message ?? message);
    throw new SimilarError('DOWNLOAD_FAILED', `The upload provider did not deliver the file: ${why}`, details, {
      cause: error,
    });
  }
}
