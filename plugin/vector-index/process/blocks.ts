import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pointsPerChunk, type SavedPoints } from '../points';
import type { SavedFile } from './manifest';

/** Bytes hashed at once: about a millisecond, so that searches get through. */
const BLOCK = 2 ** 20;

/** The memory of the points from `from` up to `to`, in blocks. */
export function* vectorBlocks(
  chunks: SavedPoints['chunks'],
  dims: number,
  from: number,
  to: number,
): Generator<Uint8Array> {
  const pointBytes = 2 * dims;
  const perChunk = pointsPerChunk(dims);
  for (let point = from; point < to; ) {
    const place = point % perChunk;
    const end = Math.min(to, point - place + perChunk);
    const chunk = chunks[Math.floor(point / perChunk)];
    yield* blocksOf(new Uint8Array(chunk.buffer, chunk.byteOffset + place * pointBytes, (end - point) * pointBytes));
    point = end;
  }
}

/** The memory of columns, one after the other. */
export function* columnBlocks(...columns: Float64Array[]): Generator<Uint8Array> {
  for (const column of columns) yield* blocksOf(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
}

function* blocksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += BLOCK) yield bytes.subarray(start, start + BLOCK);
}

/** Writes a new file and makes it durable. */
export async function writeBlocks(path: string, blocks: Iterable<Uint8Array>): Promise<SavedFile> {
  const file = await open(path, 'wx');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for (const block of blocks) {
      hash.update(block);
      for (let done = 0; done < block.length; ) {
        done += (await file.write(block, done, block.length - done)).bytesWritten;
      }
      bytes += block.length;
    }
    await file.sync();
    return { name: basename(path), bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

/** Reads a file into `blocks`. @throws Error that says how it differs from what was saved. */
export async function readBlocks(path: string, saved: SavedFile, blocks: Iterable<Uint8Array>): Promise<void> {
  await withVerified(path, saved, async (file) => {
    const hash = createHash('sha256');
    for (const block of blocks) {
      await fill(file, block);
      hash.update(block);
    }
    return hash.digest('hex');
  });
}

/** Makes a file durable that others have written. */
export async function syncAndDigest(path: string): Promise<SavedFile> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    const { size } = await file.stat();
    return { name: basename(path), bytes: size, sha256: await digestOf(file, size) };
  } finally {
    await file.close();
  }
}

/** @throws Error that says how the file differs from what was saved. */
export async function verify(path: string, saved: SavedFile): Promise<void> {
  await withVerified(path, saved, (file) => digestOf(file, saved.bytes));
}

async function withVerified(
  path: string,
  saved: SavedFile,
  read: (file: FileHandle) => Promise<string>,
): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size !== saved.bytes) throw new Error(`it has ${size} bytes instead of ${saved.bytes}`);
    if ((await read(file)) !== saved.sha256) throw new Error('it differs from its checksum');
  } finally {
    await file.close();
  }
}

async function digestOf(file: FileHandle, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const block = Buffer.alloc(Math.min(BLOCK, bytes));
  for (let remaining = bytes; remaining > 0; remaining -= block.length) {
    const part = block.subarray(0, Math.min(remaining, block.length));
    await fill(file, part);
    hash.update(part);
  }
  return hash.digest('hex');
}

/** From the file's current position. */
async function fill(file: FileHandle, block: Uint8Array): Promise<void> {
  for (let done = 0; done < block.length; ) {
    const { bytesRead } = await file.read(block, done, block.length - done);
    if (bytesRead === 0) throw new Error('it became shorter while it was read');
    done += bytesRead;
  }
}
