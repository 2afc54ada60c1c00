import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeAtomic } from '../files/atomic-file';
import type { FileId, SpaceId } from '../ports';

/** What the other model has made of the sample so far. */
export interface SampleVectors {
  /** Of the comparison: the file of another one is not used. */
  comparison: string;
  space: SpaceId;
  dims: number;
  /** In the order of the rows. */
  fileIds: FileId[];
  /** float16, `dims` numbers a row. */
  rows: Uint16Array;
  /** Pictures that the model has no vector of. */
  failed: FileId[];
  /** How long all of them took. */
  embedMs: number;
}

interface Header extends Omit<SampleVectors, 'rows'> {
  version: number;
  /** Of the rows, and of the rest of this header. */
  sha256: string;
}

/** Grows when the file changes: one of another version is not used. */
const VERSION = 1;

function digest(about: Omit<Header, 'sha256'>, body: Uint8Array): string {
  return createHash('sha256').update(JSON.stringify(about)).update(body).digest('hex');
}

/** One line of JSON, then the rows. Written atomically. */
export async function writeVectors(file: string, { rows, ...of }: SampleVectors): Promise<void> {
  const { comparison, space, dims, fileIds, failed, embedMs } = of;
  const about = { version: VERSION, comparison, space, dims, fileIds, failed, embedMs };
  const body = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const header: Header = { ...about, sha256: digest(about, body) };
  await writeAtomic(file, async (handle) => {
    await handle.write(`${JSON.stringify(header)}\n`);
    await handle.write(body);
  });
}

/**
 * Never throws: if the file is damaged, or of another version or comparison, `problem` says so, and the sample is embedded anew.
 * @returns neither when there is no file.
 */
export async function readVectors(
  file: string,
  comparison: string,
): Promise<{ vectors?: SampleVectors; problem?: string }> {
  try {
    const bytes = await readFile(file);
    const end = bytes.indexOf(10);
    const { sha256, ...about }: Header = JSON.parse(bytes.toString('utf8', 0, end));
    // A copy, because halves have to begin at an even address.
    const body = Uint8Array.from(bytes.subarray(end + 1));
    if (about.version !== VERSION || about.comparison !== comparison) {
      return { problem: 'it belongs to another version or comparison' };
    }
    const { version: _, ...of } = about;
    const isWhole = body.length === 2 * of.dims * of.fileIds.length && digest(about, body) === sha256;
    if (!isWhole) return { problem: 'it is damaged' };
    return { vectors: { ...of, rows: new Uint16Array(body.buffer) } };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? {} : { problem: message };
  }
}
