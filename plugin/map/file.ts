import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { writeAtomic } from '../files/atomic-file';
import type { FileId, SpaceId } from '../ports';
import type { Spot } from './place';
import { slices } from './slices';

/** A picture on the map, and the sequence number of the vector that it was placed by. */
export interface PlacedSpot extends Spot {
  seq: number;
}

export interface Layout {
  spots: Map<FileId, PlacedSpot>;
  /** The space whose neighbours it was made of: that of the map, or one that was made from it. */
  by: SpaceId;
  /** Pictures that were there when all of it was laid out the last time. */
  laidOut: number;
  /** Pictures that have come and gone since. */
  changes: number;
}

interface Header {
  version: number;
  space: SpaceId;
  count: number;
  by: SpaceId;
  laidOut: number;
  changes: number;
  /** Of the bytes that follow. */
  sha256: string;
}

/** Grows when the file or the layout's own options change: a file of another version is not used. */
const VERSION = 1;
/** fileId, seq, x, y. */
const NUMBERS = 4;

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** One line of JSON, then four float64 for each picture. Written atomically. */
export async function writeLayout(file: string, space: SpaceId, { spots, ...state }: Layout): Promise<void> {
  const numbers = new Float64Array(NUMBERS * spots.size);
  let at = 0;
  for await (const slice of slices([...spots])) {
    for (const [fileId, { seq, x, y }] of slice) {
      numbers[at] = fileId;
      numbers[at + 1] = seq;
      numbers[at + 2] = x;
      numbers[at + 3] = y;
      at += NUMBERS;
    }
  }
  const body = new Uint8Array(numbers.buffer);
  const about: Header = { version: VERSION, space, count: spots.size, ...state, sha256: digest(body) };
  await writeAtomic(file, async (handle) => {
    await handle.write(`${JSON.stringify(about)}\n`);
    await handle.write(body);
  });
}

/**
 * Never throws: if the file is damaged, or of another version or space, `problem` says so, and the map is laid out again.
 * @returns neither when there is no file.
 */
export async function readLayout(file: string, space: SpaceId): Promise<{ layout?: Layout; problem?: string }> {
  try {
    const bytes = await readFile(file);
    const end = bytes.indexOf(10);
    const header: Header = JSON.parse(bytes.toString('utf8', 0, end));
    const { version, space: of, count, by, laidOut, changes, sha256 } = header;
    const body = Uint8Array.from(bytes.subarray(end + 1));
    if (version !== VERSION || of !== space) return { problem: 'it belongs to another version or space' };
    if (body.length !== 8 * NUMBERS * count || digest(body) !== sha256) return { problem: 'it is damaged' };
    const numbers = new Float64Array(body.buffer);
    const spots = new Map<FileId, PlacedSpot>();
    for await (const slice of slices(Array.from({ length: count }, (_, row) => NUMBERS * row))) {
      for (const at of slice) spots.set(numbers[at], { seq: numbers[at + 1], x: numbers[at + 2], y: numbers[at + 3] });
    }
    return { layout: { spots, by, laidOut, changes } };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? {} : { problem: message };
  }
}

/** Another one when the file is another one: several nodes may share it. */
export async function stampOf(file: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(file).catch(() => ({ ino: 0, mtimeMs: 0, size: 0 }));
  return `${ino} ${mtimeMs} ${size}`;
}
