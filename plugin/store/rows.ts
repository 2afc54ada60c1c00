import type { Claim, ItemState, ItemStatus, StoredVector } from '../ports';
import { decodeFloat16, encodeFloat16 } from '../vectors/float16';

/** A row of `similar_embeddings`. Databases return 64-bit integers as numbers or strings. */
export interface Row {
  id: number;
  file_id: number;
  space: string;
  state: ItemState;
  revision: number;
  attempts: number;
  digest: string | null;
  stamp: string | null;
  code: string | null;
  reason: string | null;
  lease: string | null;
  updated_at: number | string;
  seq: number | string | null;
  vector: Buffer | null;
  miniature: Buffer | null;
  palette: Buffer | null;
}

/** Columns of an item's status: everything but the vector. */
export const STATUS_COLUMNS = ['file_id', 'state', 'stamp', 'code', 'reason', 'attempts', 'updated_at', 'seq'];

export function toStatus(row: Row): ItemStatus {
  return {
    fileId: row.file_id,
    state: row.state,
    hasVector: row.seq !== null,
    ...(row.stamp !== null && { stamp: row.stamp }),
    ...(row.code !== null && { code: row.code }),
    ...(row.reason !== null && { reason: row.reason }),
    attempts: row.attempts,
    updatedAt: Number(row.updated_at),
  };
}

export function toClaim(row: Row): Claim {
  return {
    fileId: row.file_id,
    space: row.space,
    revision: row.revision,
    ...(row.digest !== null && { digest: row.digest }),
    hasVector: row.seq !== null,
    attempts: row.attempts,
    lease: row.lease as string,
  };
}

export function toStoredVector(row: Row): StoredVector {
  return { fileId: row.file_id, seq: Number(row.seq), vector: halves(row.vector as Buffer) };
}

export function decodeVector(bytes: Buffer): Float32Array {
  return decodeFloat16(halves(bytes));
}

export function encodeVector(vector: Float32Array): Buffer {
  const halfs = encodeFloat16(vector);
  return Buffer.from(halfs.buffer, halfs.byteOffset, halfs.byteLength);
}

/** A copy: the driver's buffer may be unaligned, or part of a shared pool. */
function halves(bytes: Buffer): Uint16Array {
  const copy = new Uint8Array(bytes);
  return new Uint16Array(copy.buffer, 0, copy.byteLength / 2);
}
