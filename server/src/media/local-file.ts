import { stat } from 'node:fs/promises';
import { SimilarError } from '../../../plugin/errors';
import { sha256Of } from '../../../plugin/files/sha256';
import { MISSING_STAMP, type OpenedMedia, UNREADABLE_STAMP } from '../../../plugin/ports';
import { digestOfCopy } from '../../../plugin/same-photo/picture-digest';
import { tooLarge } from './too-large';

/** @throws SimilarError `BYTES_MISSING` when there is no such file, `BYTES_UNREADABLE` when that is unknown. */
export async function localStamp(file: string): Promise<{ stamp: string; bytes: number; mtimeMs: number }> {
  try {
    const { size, mtimeMs } = await stat(file);
    return { stamp: `${size}-${mtimeMs}`, bytes: size, mtimeMs };
  } catch (error) {
    throw unseen(error, isMissing(error) ? MISSING_STAMP : UNREADABLE_STAMP);
  }
}

/**
 * A file of the uploads folder.
 * @param copy is opened instead, if it is there and has these bytes. What was embedded is known by the bytes of both, so that nothing of a
 * picture is missed that is being replaced.
 * @throws SimilarError `EMPTY_FILE`, `TOO_LARGE`, `BYTES_MISSING`, `BYTES_UNREADABLE`
 */
export async function openLocal(
  file: string,
  maxBytes: number,
  copy?: { path: string; bytes?: number },
): Promise<OpenedMedia> {
  const { bytes, stamp } = await localStamp(file);
  if (bytes === 0) throw new SimilarError('EMPTY_FILE', 'The file is empty', { stamp });
  const opened = copy && (await openCopy(copy, maxBytes));
  // Nobody reads so much only to tell whether it is the same as another one.
  if (opened && bytes > maxBytes) return { ...opened, digest: digestOfCopy(opened.digest, undefined), stamp };
  if (bytes > maxBytes) throw tooLarge(maxBytes, { stamp });
  const digest = await sha256Of(file).catch((error) => {
    throw unseen(error, isMissing(error) ? MISSING_STAMP : stamp);
  });
  if (opened) return { ...opened, digest: digestOfCopy(opened.digest, digest), stamp };
  return { path: file, digest, bytes, stamp, close: async () => {} };
}

/** @returns undefined where it is not there, or is not the one that is meant. */
async function openCopy(copy: { path: string; bytes?: number }, maxBytes: number) {
  try {
    const { bytes } = await localStamp(copy.path);
    const isMeant = bytes > 0 && bytes === (copy.bytes ?? bytes);
    if (!isMeant || bytes > maxBytes) return undefined;
    return { path: copy.path, digest: await sha256Of(copy.path), bytes, close: async () => {} };
  } catch {
    return undefined;
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error';

/** Everything else means that we cannot look: no permission, a lost mount, too many open files. */
const isMissing = (error: unknown) => codeOf(error) === 'ENOENT';

/** The message names no path: editors and clients see it. */
function unseen(cause: unknown, stamp: string): SimilarError {
  return isMissing(cause)
    ? new SimilarError(
        'BYTES_MISSING',
        'The media library lists the file, but it is not in the uploads folder of this node',
        { stamp },
        { cause },
      )
    : new SimilarError('BYTES_UNREADABLE', `The file cannot be read (${codeOf(cause)})`, { stamp }, { cause });
}
