import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SimilarError } from '../errors';
import { syncFolder } from '../files/atomic-file';
import { makeFolder } from '../files/make-folder';
import { sha256Of } from '../files/sha256';
import { TransferError, transfer } from './http-transfer';
import type { ModelOptions } from './options';

export interface Download
  extends Pick<
    ModelOptions,
    'timeoutMs' | 'retries' | 'backoffMs' | 'maxBytes' | 'onProgress' | 'onRetry' | 'log' | 'signal'
  > {
  model: string;
  url: string;
  /** Appears only when all bytes are there and have this checksum. */
  target: string;
  /** None: whatever is there is taken, in one go. */
  sha256?: string;
  /** Size of the file, if known. */
  bytes?: number;
}

const LONGEST_WAIT_MS = 30_000;

/**
 * Downloads a file; resumes where an earlier attempt, even in an earlier process, was cut off.
 * Calls for one target must not overlap (see file-lock.ts).
 * @throws SimilarError `MODEL_UNAVAILABLE` when it cannot be downloaded, `MODEL_DAMAGED` when it is a different file.
 */
export async function download(request: Download): Promise<void> {
  const { retries = 5, backoffMs = 1_000, model, url, signal, log, onRetry = log?.warn.bind(log) } = request;
  const part = `${request.target}.part`;
  await makeFolder(path.dirname(part));
  // Nothing would tell that the rest is another file's.
  if (!request.sha256) await rm(part, { force: true });

  let failures = 0;
  let most = await sizeOf(part);
  for (;;) {
    const before = await sizeOf(part);
    try {
      await fetchRest(part, request);
    } catch (error) {
      const { retry, waitMs, message } = asTransfer(error, model, url, signal);
      const now = await sizeOf(part);
      // Attempts that bring the file further do not count; `most` only grows, so that this ends.
      failures = now > most ? 1 : failures + 1;
      most = Math.max(most, now);
      if (!retry) throw unavailable(model, url, message, error);
      if (failures > retries) throw unavailable(model, url, `${message} (${failures} attempts in a row)`, error);
      const wait = Math.min(waitMs ?? backoffMs * 2 ** (failures - 1), LONGEST_WAIT_MS);
      onRetry?.(`Download of model ${model}: ${message} Next attempt in ${Math.ceil(wait / 1000)} s.`);
      await sleep(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
      continue;
    }
    if (!request.sha256) break;
    const received = await sha256Of(part);
    if (received === request.sha256) break;
    await rm(part);
    // The bytes of an earlier attempt may have been those of another file: once from the start.
    if (before > 0) continue;
    const message = `Expected SHA-256 ${request.sha256} for the weights of model ${model} but received ${received} from ${publicUrl(url)}.`;
    throw new SimilarError('MODEL_DAMAGED', message, { model, expected: request.sha256, received });
  }
  await withFile(part, (file) => file.sync());
  await rename(part, request.target);
  await syncFolder(path.dirname(part));
}

async function fetchRest(part: string, request: Download): Promise<void> {
  const { url, bytes, maxBytes = 1024 * 1024 * 1024, timeoutMs = 30_000, signal, onProgress } = request;
  if (bytes !== undefined) {
    const have = await sizeOf(part);
    if (have === bytes) return;
    if (have > bytes) await rm(part);
  }
  await withFile(part, (file) =>
    transfer({
      url,
      file,
      bytes,
      maxBytes,
      timeoutMs,
      signal,
      onBytes: (done, total) => onProgress?.({ phase: 'download', done, total: total ?? bytes }),
    }),
  );
}

async function withFile<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, 'r+').catch(() => open(file, 'w+'));
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function asTransfer(error: unknown, model: string, url: string, signal?: AbortSignal): TransferError {
  if (error instanceof TransferError) return error;
  if (signal?.aborted) throw error;
  throw unavailable(model, url, (error as Error).message, error);
}

function unavailable(model: string, url: string, reason: string, cause: unknown): SimilarError {
  const from = publicUrl(url);
  const message = `The weights of model ${model} could not be downloaded from ${from}: ${reason}`;
  return new SimilarError('MODEL_UNAVAILABLE', message, { model, url: from }, { cause });
}

/** Without user, password and query, which may hold secrets. */
export function publicUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
