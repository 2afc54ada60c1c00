import type { ErrorCode } from '../errors';
import type { EmbedFailure } from '../pipeline/ports';
import { formatOf } from './format';

/** Why a picture has no vector, in a sentence that an editor understands. */
function failed(code: ErrorCode, reason: string): EmbedFailure {
  return { ok: false, state: 'failed', code, reason };
}

function unsupported(code: ErrorCode, reason: string): EmbedFailure {
  return { ok: false, state: 'unsupported', code, reason };
}

export const emptyFile = () => failed('EMPTY_FILE', 'The file is empty; upload it again.');

export const bytesMissing = () => failed('BYTES_MISSING', 'The file of the picture is missing or cannot be read.');

export const tooLarge = (bytes: number, maxBytes: number) =>
  unsupported(
    'TOO_LARGE',
    `The file has ${inMegabytes(bytes)}, more than the ${inMegabytes(maxBytes)} that are allowed.`,
  );

export const tooManyPixels = (maxPixels: number) =>
  unsupported(
    'TOO_MANY_PIXELS',
    `The picture has more than the ${Math.round(maxPixels / 1e5) / 10} million pixels that are allowed; upload a smaller one.`,
  );

export const badVector = () => failed('BAD_VECTOR', 'The model returned no usable vector for this picture.');

export const timedOut = (timeoutMs: number) =>
  failed('DECODER_TIMEOUT', `Decoding the picture took longer than ${timeoutMs / 1000} s; export it again, smaller.`);

export const outOfMemory = (memoryMb: number) =>
  failed('DECODER_MEMORY', `Decoding the picture needs more than ${memoryMb} MiB of memory; upload a smaller one.`);

export const crashed = () =>
  failed('DECODER_CRASHED', 'Decoding the picture ended the decoder, twice; export it again in another format.');

/** What an error of sharp means. `head`: the first bytes of the file. */
export function fromSharp(
  error: unknown,
  head: Buffer,
  limits: { maxPixels: number; timeoutMs: number; memoryMb: number },
) {
  const message = error instanceof Error ? error.message : String(error);
  if (/exceeds pixel limit/i.test(message)) return tooManyPixels(limits.maxPixels);
  if (/^timeout/i.test(message)) return timedOut(limits.timeoutMs);
  if (/out of memory|unable to allocate|cannot allocate/i.test(message)) return outOfMemory(limits.memoryMb);
  const format = formatOf(head);
  // libvips calls a format it has no decoder for by many names; what the bytes say is the better guide.
  if (/unsupported image format|has not been built in|unsupported codec/i.test(message) || format?.name === 'HEIC') {
    return unsupportedFormat(format);
  }
  return failed('DECODE_FAILED', `The picture is damaged and cannot be decoded (${detailOf(message)}).`);
}

function unsupportedFormat(format: ReturnType<typeof formatOf>): EmbedFailure {
  const reason = !format
    ? 'The file is in no picture format that is known here; convert it to JPEG.'
    : format.other
      ? `The file is ${format.name}, not a picture.`
      : `${format.name} pictures cannot be decoded here; convert it to JPEG.`;
  return unsupported('UNSUPPORTED_FORMAT', reason);
}

/** The first telling line of a message of libvips, without names of functions and files. */
function detailOf(message: string): string {
  const lines = message.split('\n').filter((line) => line && !/bad seek/.test(line));
  const line = (lines[0] ?? 'no details').replace(/^Input (file|buffer) has corrupt header: /, '');
  return line
    .replace(/^[\w./-]+: /, '')
    .replace(/[.\s]+$/, '')
    .slice(0, 120);
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
