import type { FileHandle } from 'node:fs/promises';
import { createDispatcher } from '../dispatcher';

/** One request failed. `retry`: another attempt may succeed. */
export class TransferError extends Error {
  constructor(
    message: string,
    readonly retry: boolean,
    /** How long the server asks us to wait, in milliseconds. */
    readonly waitMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface Transfer {
  url: string;
  /** Open for writing. Only missing bytes are requested (Range); existing ones are discarded if the server starts from the beginning. */
  file: FileHandle;
  /** Size the file must have in the end, if known. */
  bytes?: number;
  maxBytes: number;
  /** Longest silence, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal;
  onBytes?: (done: number, total?: number) => void;
}

/**
 * Requests the rest of a file and appends it.
 * @throws TransferError; the file then holds what arrived.
 */
export async function transfer(request: Transfer): Promise<void> {
  const { fetch } = await import('undici');
  const idle = new AbortController();
  const silence = `The server was silent for ${request.timeoutMs} ms.`;
  const timer = setTimeout(() => idle.abort(new TransferError(silence, true)), request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, idle.signal]) : idle.signal;
  const dispatcher = await createDispatcher();
  try {
    const { size: have } = await request.file.stat();
    const { address, headers } = target(request.url);
    if (have > 0) headers.range = `bytes=${have}-`;
    const response = await fetch(address, { dispatcher, headers, signal });
    const { start, total } = await accept(response, have, request);
    if (start === 0) await request.file.truncate(0);
    let done = start;
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      const data = chunk as Uint8Array;
      if (done + data.length > (request.bytes ?? request.maxBytes)) throw tooLarge(request, 'more');
      await request.file.write(data, 0, data.length, done);
      done += data.length;
      request.onBytes?.(done, total);
    }
    const wanted = request.bytes ?? total ?? done;
    if (done < wanted) throw new TransferError(`The connection ended after ${done} of ${wanted} bytes.`, true);
  } catch (error) {
    throw request.signal?.aborted ? request.signal.reason : asTransferError(error);
  } finally {
    clearTimeout(timer);
    await dispatcher.destroy();
  }
}

/** Where in the file the answer starts, and how large the file is. */
async function accept(
  response: { status: number; headers: { get(name: string): string | null } },
  have: number,
  request: Transfer,
): Promise<{ start: number; total?: number }> {
  const { status, headers } = response;
  if (status === 200) {
    const length = headers.get('content-length');
    return checked({ start: 0, total: length === null ? undefined : Number(length) }, request);
  }
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  const total = range && range[2] !== '*' ? Number(range[2]) : undefined;
  if (status === 206 && range && Number(range[1]) === have) return checked({ start: have, total }, request);
  if (status === 416 && have > 0 && total === have) return { start: have, total };
  if (status === 206 || (status === 416 && have > 0)) {
    await request.file.truncate(0);
    throw new TransferError(`The server answered ${status} without the requested bytes.`, true, 0);
  }
  const retry = status === 408 || status === 425 || status === 429 || status >= 500;
  throw new TransferError(`The server answered ${status}.`, retry, retryAfter(headers.get('retry-after')));
}

function checked(answer: { start: number; total?: number }, request: Transfer): { start: number; total?: number } {
  const { total } = answer;
  if (total === undefined) return answer;
  if (request.bytes !== undefined && total !== request.bytes) throw tooLarge(request, String(total));
  if (total > request.maxBytes) throw tooLarge(request, String(total));
  return answer;
}

function tooLarge({ bytes, maxBytes }: Transfer, received: string): TransferError {
  const wanted = bytes === undefined ? `at most ${maxBytes}` : String(bytes);
  return new TransferError(`Expected ${wanted} bytes but the server offers ${received}.`, false);
}

/** The header is a number of seconds, or a date. */
function retryAfter(header: string | null): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** fetch rejects URLs with a user and password; they go into a header. */
function target(url: string): { address: URL; headers: Record<string, string> } {
  const address = new URL(url);
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (address.username) {
    const login = `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
    headers.authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    address.username = '';
    address.password = '';
  }
  return { address, headers };
}

function asTransferError(error: unknown): Error {
  if (error instanceof TransferError) return error;
  const { code, cause } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
  // The disk is full, the folder is read-only, …: another attempt changes nothing.
  if (code && ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EFBIG'].includes(code)) return error as Error;
  const reason = cause?.message || cause?.code || (error as Error).message;
  return new TransferError(`The connection failed: ${reason}.`, true, undefined, { cause: error });
}
