import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../errors';
import type { EmbedFailure, EmbedResult } from '../../ports';
import { MINIATURE_BYTES } from '../../same-photo/miniature';

/** What a Strapi and an embedder on another machine say to each other: HTTP, described in docs/remote-embedders.md. */

/** The space that the vectors must be of. */
export const SPACE_HEADER = 'x-similar-space';
/** Pictures of the request, so that the service can refuse them before their bytes are there. */
export const COUNT_HEADER = 'x-similar-pictures';

/** Most pictures of one request. */
export const MAX_PICTURES = 256;
/** Several pictures travel together up to this size; a larger one travels alone. */
export const REQUEST_BYTES = 16 * 2 ** 20;
/** What a body may have beside the bytes of pictures. */
export const HEAD_BYTES = 64 * 2 ** 10;

const healthSchema = z.object({
  space: z.string(),
  model: z.string(),
  dims: z.int().min(1),
  engine: z.string(),
  device: z.string(),
  /** Pictures that are being worked on or wait. */
  queue: z.int().min(0),
  /** Pictures that keep it busy. */
  capacity: z.int().min(1),
  batchSize: z.int().min(1).max(MAX_PICTURES),
  /** Largest picture, in bytes. */
  maxBytes: z.int().min(1),
  state: z.enum(['ready', 'loading', 'broken']),
  problem: z.string().optional(),
});
export type MachineHealth = z.output<typeof healthSchema>;

const share = z.number().min(0).max(1);

/** One picture of a request. Its bytes follow the head, in the same order. */
const requestedSchema = z.strictObject({
  bytes: z.int().min(0),
  crop: z.strictObject({ left: share, top: share, width: share, height: share }).optional(),
  urgent: z.boolean().optional(),
  untrusted: z.strictObject({ maxPixels: z.int().min(1) }).optional(),
});
export type Requested = z.output<typeof requestedSchema>;
const requestSchema = z.array(requestedSchema).min(1).max(MAX_PICTURES);

const answerSchema = z.array(
  z.union([
    z.strictObject({ ok: z.literal(true), miniature: z.boolean().optional() }),
    z.strictObject({
      ok: z.literal(false),
      state: z.enum(['failed', 'unsupported']),
      code: z.string().refine((code) => Object.hasOwn(ERRORS, code)),
      reason: z.string(),
    }),
    z.strictObject({ unavailable: z.string() }),
  ]),
);

/** `unavailable`: the machine could not work on it, which says nothing about the picture. */
export type RemoteResult = EmbedResult | { unavailable: string };

const LENGTH_BYTES = 4;

/** A length (uint32, little-endian), that many bytes of JSON, and what belongs to it. */
function pack(head: unknown, parts: readonly Uint8Array[]): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, ...parts]);
}

/** @throws Error when it is cut short, or not JSON. */
function unpack(body: Buffer): { head: unknown; rest: Buffer } {
  const end = LENGTH_BYTES + body.readUInt32LE(0);
  if (end > body.length) throw new Error('it is cut short');
  return { head: JSON.parse(body.toString('utf8', LENGTH_BYTES, end)), rest: body.subarray(end) };
}

export const packRequest = (pictures: ReadonlyArray<Omit<Requested, 'bytes'> & { bytes: Uint8Array }>): Buffer =>
  pack(
    pictures.map((picture) => ({ ...picture, bytes: picture.bytes.length })),
    pictures.map(({ bytes }) => bytes),
  );

/** @throws Error when it is not what `packRequest` makes. */
export function unpackRequest(body: Buffer): Array<Omit<Requested, 'bytes'> & { bytes: Buffer }> {
  const { head, rest } = unpack(body);
  let at = 0;
  const pictures = requestSchema.parse(head).map(({ bytes: length, ...picture }) => {
    const bytes = rest.subarray(at, at + length);
    at += length;
    return { ...picture, bytes };
  });
  if (at !== rest.length) throw new Error(`it has ${rest.length} bytes of pictures in place of ${at}`);
  return pictures;
}

/** Vectors travel as float32, little-endian: what comes out is what the engine gave, bit for bit. A miniature follows its vector. */
export function packAnswer(results: readonly RemoteResult[]): Buffer {
  const parts: Uint8Array[] = [];
  const head = results.map((result) => {
    if (!('ok' in result) || !result.ok) return result;
    const bytes = Buffer.alloc(4 * result.vector.length);
    for (const [i, value] of result.vector.entries()) bytes.writeFloatLE(value, 4 * i);
    parts.push(bytes);
    if (result.miniature) parts.push(result.miniature);
    return { ok: true, miniature: result.miniature !== undefined };
  });
  return pack(head, parts);
}

/** @throws Error when it is not an answer about so many pictures, with vectors of so many numbers. */
export function unpackAnswer(body: Buffer, count: number, dims: number): RemoteResult[] {
  const { head, rest } = unpack(body);
  const results = answerSchema.parse(head);
  if (results.length !== count) throw new Error(`it is about ${results.length} pictures in place of ${count}`);
  let at = 0;
  const answers = results.map((result): RemoteResult => {
    if ('unavailable' in result) return result;
    if (!result.ok) return { ...result, code: result.code as ErrorCode } satisfies EmbedFailure;
    const vector = new Float32Array(dims);
    for (let i = 0; i < dims; i++, at += 4) vector[i] = rest.readFloatLE(at);
    if (!vector.every(Number.isFinite)) throw new Error('a vector has numbers that are not finite');
    if (!result.miniature) return { ok: true, vector };
    const miniature = Uint8Array.from(rest.subarray(at, at + MINIATURE_BYTES));
    if (miniature.length < MINIATURE_BYTES) throw new Error('a miniature is cut short');
    at += MINIATURE_BYTES;
    return { ok: true, vector, miniature };
  });
  if (at !== rest.length) throw new Error('its vectors are of another length');
  return answers;
}

/** @throws Error when it is something else. */
export const parseHealth = (text: string): MachineHealth => healthSchema.parse(JSON.parse(text));
