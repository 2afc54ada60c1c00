import type { ErrorCode } from '../errors';
import type { EmbedFailure } from '../ports';
import { formatOf } from './format';

/** Why a picture has no vector, in a sentence that an editor understands. */
function failed(code: ErrorCode, reason: string): EmbedFailure {
  return { ok: false, state: 'failed', code, reason };
}

function unsupported(code: ErrorCode, reason: string): EmbedFailure {
  return { ok: false, state: 'unsupported', code, reason };
}

export const emptyFile = () => failed('EMPTY_FILE', 'The file is empty; upload it again.');

/** What it means that a file cannot be read. */
export function unread({ code }: NodeJS.ErrnoException) {
  if (code === 'ENOENT') return failed('BYTES_MISSING', "The picture's file is missing.");
  return failed('BYTES_UNREADABLE', `The picture's file cannot be read (${code ?? 'unknown error'}).`);
}

export const tooLarge = (bytes: number, maxBytes: number) =>
  unsupported('TOO_LARGE', `The file has ${inMegabytes(bytes)}, but only ${inMegabytes(maxBytes)} are allowed.`);

export const tooManyPixels = (maxPixels: number) =>
  unsupported(
    'TOO_MANY_PIXELS',
    `The picture has more than the ${Math.round(maxPixels / 1e5) / 10} million pixels that are allowed; upload a smaller one.`,
  );

export const nothingVisible = () =>
  unsupported('NOTHING_VISIBLE', 'Nothing is visible in the picture: it is a single colour, or fully transparent.');

export const badVector = () => failed('BAD_VECTOR', 'The model returned no usable vector for this picture.');

/** Of a pair. */
export const notExplainable = () =>
  unsupported(
    'NOT_EXPLAINABLE',
    'The model of this library gives one vector for a whole picture: what in it makes two pictures alike cannot be told exactly.',
  );

export const timedOut = (timeoutMs: number) =>
  failed('DECODER_TIMEOUT', `Decoding the picture took longer than ${timeoutMs / 1000} s; export it again, smaller.`);

export const outOfMemory = (memoryMb: number) =>
  failed('DECODER_MEMORY', `Decoding the picture needs more than ${memoryMb} MiB of memory; upload a smaller one.`);

export const crashed = () =>
  failed('DECODER_CRASHED', 'Decoding the picture crashed the decoder; export it again in another format.');

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * What librsvg says of a drawing that it has read: too many parts, or sides of which one vanishes when it is scaled. Where it says
 * nothing, or another picture's failure took its words, nobody knows whether it is damaged.
 */
const NOT_DRAWN = /SVG rendering failed|zero-sized image/;

const notDrawn = () => failed('DECODE_FAILED', 'The SVG cannot be drawn here; export it as a PNG or JPEG.');

/** Whether sharp refused a picture for its number of pixels. */
export const exceedsPixels = (error: unknown) => /exceeds pixel limit/i.test(messageOf(error));

/** What an error of sharp means. `head`: the first bytes of the file. */
export function fromSharp(
  error: unknown,
  head: Buffer,
  limits: { maxPixels: number; timeoutMs: number; memoryMb: number },
): EmbedFailure {
  const message = messageOf(error);
  if (exceedsPixels(error)) return tooManyPixels(limits.maxPixels);
  if (/^timeout/i.test(message)) return timedOut(limits.timeoutMs);
  if (/out of memory|unable to allocate|cannot allocate/i.test(message)) return outOfMemory(limits.memoryMb);
  const format = formatOf(head);
  if (!format?.decoder) return unsupportedFormat(format);
  const lines = linesOf(format.decoder, message);
  if (lines.some((line) => /has not been built in|unsupported codec/i.test(line))) return unsupportedFormat(format);
  if (format.name === 'SVG' && (lines.length === 0 || lines.some((line) => NOT_DRAWN.test(line)))) return notDrawn();
  return damaged(lines[0]);
}

/** @param line what its decoder says. */
export function damaged(line?: string): EmbedFailure {
  const detail = line ? ` (${detailOf(line)})` : '';
  return failed('DECODE_FAILED', `The picture is damaged and cannot be decoded${detail}.`);
}

function unsupportedFormat(format: ReturnType<typeof formatOf>): EmbedFailure {
  const reason = !format
    ? 'The file is not in a known picture format; convert it to JPEG.'
    : format.other
      ? `The file is ${format.name}, not a picture.`
      : `${format.name} pictures cannot be decoded here; convert this one to JPEG.`;
  return unsupported('UNSUPPORTED_FORMAT', reason);
}

/** libvips keeps one list of errors for all threads, so a message may be about another picture, or empty. */
function linesOf(decoder: RegExp, message: string): string[] {
  const lines = message.replace(/^Input (file|buffer) has corrupt header: /, '').split('\n');
  return lines.filter((line) => decoder.test(line));
}

/** Without names of functions. */
function detailOf(line: string): string {
  return line
    .replace(/^[\w.-]+: /, '')
    .replace(/[.\s]+$/, '')
    .slice(0, 120);
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
