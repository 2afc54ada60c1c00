import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatOf } from '../../../plugin/embedder/format';
import { crashed, fromSharp, outOfMemory, timedOut, tooLarge } from '../../../plugin/embedder/reasons';
import { ERRORS } from '../../../plugin/errors';

const LIMITS = { maxPixels: 100_000_000, timeoutMs: 10_000, memoryMb: 1_000 };
const NOTHING = Buffer.from([0xfe, 0x00, 0x01]);
const AVIF = Buffer.from('\x00\x00\x00\x1cftypavif', 'latin1');
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">');
const HEIC = Buffer.from('\x00\x00\x00\x18ftypheic', 'latin1');

const FORMATS: ReadonlyArray<[bytes: string, name: string | undefined]> = [
  ['\x00\x00\x00\x18ftypheic\x00', 'HEIC'],
  ['\x00\x00\x00\x18ftypmif1\x00', 'HEIC'],
  ['\x00\x00\x00\x18ftypavif\x00', 'AVIF'],
  ['\x00\x00\x00\x18ftypisom\x00', 'a video'],
  ['\xff\xd8\xff\xe0', 'JPEG'],
  ['\x89PNG\r\n\x1a\n', 'PNG'],
  ['GIF89a', 'GIF'],
  ['RIFF\x00\x00\x00\x00WEBPVP8 ', 'WebP'],
  ['II*\x00\x08', 'TIFF'],
  ['MM\x00*\x00', 'TIFF'],
  ['<?xml version="1.0"?>\n<svg xmlns="', 'SVG'],
  ['\x00\x00\x00\x0cjP  \r\n', 'JPEG 2000'],
  ['\xff\x4f\xff\x51\x00', 'JPEG 2000'],
  ['\x00\x00\x00\x0cJXL \r\n', 'JPEG XL'],
  ['\x00\x00\x01\x00\x01\x00', 'ICO'],
  ['BM\x36\x00\x00\x00', 'BMP'],
  ['8BPS\x00\x01', 'Photoshop'],
  ['%PDF-1.7\n', 'a PDF document'],
  ['PK\x03\x04\x14\x00', 'a ZIP archive or an office document'],
  ['<!DOCTYPE html><html>', 'a web page'],
  ['Dear diary,\r\n\ttoday', 'text'],
  ['\xfe\x00\x01', undefined],
  ['', undefined],
];

for (const [bytes, name] of FORMATS) {
  test(`format of ${JSON.stringify(bytes.slice(0, 14))}: ${name}`, () => {
    assert.equal(formatOf(Buffer.from(bytes, 'latin1'))?.name, name);
  });
}

const SENTENCES: ReadonlyArray<[message: string, head: Buffer, state: string, code: string, reason: string]> = [
  [
    'Input buffer contains unsupported image format',
    HEIC,
    'unsupported',
    'UNSUPPORTED_FORMAT',
    'HEIC pictures cannot be decoded here; convert this one to JPEG.',
  ],
  [
    'source: bad seek to 9\nheif: Error while loading plugin: Support for this compression format has not been built in (11.6003)',
    AVIF,
    'unsupported',
    'UNSUPPORTED_FORMAT',
    'AVIF pictures cannot be decoded here; convert this one to JPEG.',
  ],
  [
    'Input buffer contains unsupported image format',
    NOTHING,
    'unsupported',
    'UNSUPPORTED_FORMAT',
    'The file is not in a known picture format; convert it to JPEG.',
  ],
  [
    'Input buffer contains unsupported image format',
    Buffer.from('II*\x00\x08', 'latin1'),
    'failed',
    'DECODE_FAILED',
    'The picture is damaged and cannot be decoded.',
  ],
  [
    'Input buffer contains unsupported image format',
    Buffer.from('hello'),
    'unsupported',
    'UNSUPPORTED_FORMAT',
    'The file is text, not a picture.',
  ],
  [
    'Input image exceeds pixel limit',
    NOTHING,
    'unsupported',
    'TOO_MANY_PIXELS',
    'The picture has more than the 100 million pixels that are allowed; upload a smaller one.',
  ],
  [
    'timeout: 42% complete',
    NOTHING,
    'failed',
    'DECODER_TIMEOUT',
    'Decoding the picture took longer than 10 s; export it again, smaller.',
  ],
  [
    'vips_malloc: out of memory',
    NOTHING,
    'failed',
    'DECODER_MEMORY',
    'Decoding the picture needs more than 1000 MiB of memory; upload a smaller one.',
  ],
  [
    'Input buffer has corrupt header: VipsJpeg: premature end of JPEG image\nVipsJpeg: JPEG datastream contains no image',
    JPEG,
    'failed',
    'DECODE_FAILED',
    'The picture is damaged and cannot be decoded (premature end of JPEG image).',
  ],
  [
    'source: bad seek to 3587\nheif: Invalid input: Unspecified',
    AVIF,
    'failed',
    'DECODE_FAILED',
    'The picture is damaged and cannot be decoded (Invalid input: Unspecified).',
  ],
  [
    'svgload_buffer: SVG rendering failed',
    SVG,
    'failed',
    'DECODE_FAILED',
    'The SVG cannot be drawn here; export it as a PNG or JPEG.',
  ],
  ['Unknown error', SVG, 'failed', 'DECODE_FAILED', 'The SVG cannot be drawn here; export it as a PNG or JPEG.'],
];

/** libvips keeps one list of errors for all threads. */
const FOREIGN: typeof SENTENCES = [
  [
    'heif: Support for this compression format has not been built in (11.6003)\nvipspng: libpng read error',
    PNG,
    'failed',
    'DECODE_FAILED',
    'The picture is damaged and cannot be decoded (libpng read error).',
  ],
  [
    'heif: Support for this compression format has not been built in (11.6003)',
    PNG,
    'failed',
    'DECODE_FAILED',
    'The picture is damaged and cannot be decoded.',
  ],
  ['Unknown error', JPEG, 'failed', 'DECODE_FAILED', 'The picture is damaged and cannot be decoded.'],
  ['', JPEG, 'failed', 'DECODE_FAILED', 'The picture is damaged and cannot be decoded.'],
];

for (const [message, head, state, code, reason] of [...SENTENCES, ...FOREIGN]) {
  test(`sentence for “${message}”: ${reason}`, () => {
    assert.deepEqual(fromSharp(new Error(message), head, LIMITS), { ok: false, state, code, reason });
  });
}

test('every code is one of the table', () => {
  for (const { code } of [timedOut(1), crashed(), outOfMemory(1), tooLarge(2, 1)]) assert.ok(code in ERRORS, code);
});
