import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Dispatcher, Response } from 'undici';
import { formatOf, HEAD_BYTES } from '../../../plugin/embedder/format';
import { SimilarError } from '../../../plugin/errors';
import { keepPace, PACE, type Pace } from './pace';
import { type Details, request } from './request';
import { makeTempFolder } from './temp-folder';
import { tooLarge } from './too-large';

export interface Download {
  path: string;
  digest: string;
  bytes: number;
  /** Deletes the copy. */
  close(): Promise<void>;
}

export interface DownloadOptions {
  maxBytes: number;
  details?: Details;
  /** Whose connections are used; Node's own by default. */
  dispatcher?: Dispatcher;
  pace?: Pace;
}

/** Counts and digests what flows through, and stops at the limit. */
function meter(maxBytes: number, details: Details, came: (total: number) => void) {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = Buffer.alloc(0);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      came(bytes);
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
      hash.update(chunk);
      done(bytes > maxBytes ? tooLarge(maxBytes, details) : null, chunk);
    },
  });
  return { stream, result: () => ({ bytes, head, digest: hash.digest('hex') }) };
}

/** What the server says the bytes are; unknown when they come packed. */
function announced({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}

/**
 * Downloads a file from the upload provider, by the first of its addresses that answers, into a temporary folder. Messages leave
 * out the url, which may be signed.
 * @throws SimilarError `DOWNLOAD_FAILED`, `BYTES_MISSING`, `EMPTY_FILE` or `TOO_LARGE`.
 */
export async function download(addresses: readonly URL[], options: DownloadOptions): Promise<Download> {
  const { maxBytes, details = {}, dispatcher } = options;
  const failed = (why: string, cause?: unknown) => new SimilarError('DOWNLOAD_FAILED', why, details, { cause });
  const folder = await makeTempFolder();
  const close = () => folder.remove();
  const pace = keepPace(options.pace ?? PACE);
  try {
    const file = path.join(folder.path, 'picture');
    const response = await request(addresses, { details, dispatcher, signal: pace.signal });
    const wanted = announced(response);
    if (wanted !== undefined && wanted > maxBytes) {
      await response.body?.cancel();
      throw tooLarge(maxBytes, details);
    }
    const metered = meter(maxBytes, details, pace.came);
    const { signal } = pace;
    await pipeline(Readable.fromWeb(response.body as ReadableStream), metered.stream, createWriteStream(file), {
      signal,
    });
    const { bytes, head, digest } = metered.result();
    if (wanted !== undefined && bytes < wanted) {
      throw failed(`The upload provider delivered ${bytes} of ${wanted} bytes of the file`);
    }
    if (bytes === 0) throw new SimilarError('EMPTY_FILE', 'The upload provider delivered no bytes', details);
    // A login page, or one that says what is wrong: it comes with status 200, and says nothing of the picture.
    if (formatOf(head)?.name === 'a web page') {
      throw failed('The upload provider delivered a web page instead of the file');
    }
    return { path: file, digest, bytes, close };
  } catch (error) {
    await close();
    if (error instanceof SimilarError) throw error;
    const { message, cause } = (pace.signal.aborted ? pace.signal.reason : error) as Error;
    throw failed(`The upload provider did not deliver the file: ${(cause as Error)?.message ?? message}`, error);
  } finally {
    pace.end();
  }
}
