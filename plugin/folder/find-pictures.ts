import { open, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { SimilarError } from '../errors';

/** Enough for every signature below, and for an SVG's prologue. */
const HEADER_BYTES = 1024;

/** Names that promise a picture: such a file is tried even if its content says otherwise, so that it is reported and not lost. */
const PICTURE_NAMES = /^\.(jpe?g|png|webp|gif|avif|tiff?|svg|heic|heif|bmp|jp2|jxl)$/i;

/** Folders that systems make next to pictures: thumbnails, deleted files, file forks. */
const SYSTEM_FOLDERS = new Set(
  ['@eaDir', '#recycle', '#snapshot', '__MACOSX', '$RECYCLE.BIN', 'System Volume Information', 'lost+found'].map(
    (name) => name.toLowerCase(),
  ),
);

/** A folder that was not looked into. */
export interface Skipped {
  path: string;
  reason: 'system folder' | 'cannot be read';
}

/**
 * All pictures below a folder, in a stable order, and the folders that were skipped. Hidden files and folders are left out; links to
 * folders are not followed, so that a loop of links cannot trap the walk.
 * @throws SimilarError `FILE_UNREADABLE` when the folder itself cannot be read.
 */
export async function findPictures(dir: string): Promise<{ pictures: string[]; skipped: Skipped[] }> {
  const info = await stat(dir).catch((error: NodeJS.ErrnoException) => {
    throw unreadable('folder', dir, error);
  });
  if (!info.isDirectory()) throw new SimilarError('FILE_UNREADABLE', `Not a folder: ${dir}`);
  const found: Found = { pictures: [], skipped: [] };
  await walk(dir, found, true);
  return found;
}

export function unreadable(
  kind: 'folder' | 'picture' | 'token file' | 'model entry' | 'file of decisions',
  path: string,
  error: NodeJS.ErrnoException,
): SimilarError {
  const why =
    error.code === 'ENOENT' ? 'it does not exist' : error.code === 'EACCES' ? 'permission denied' : error.message;
  return new SimilarError('FILE_UNREADABLE', `Cannot read the ${kind} ${path}: ${why}`, {}, { cause: error });
}

interface Found {
  pictures: string[];
  skipped: Skipped[];
}

async function walk(dir: string, found: Found, top = false): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (top) throw unreadable('folder', dir, error);
    // One locked folder inside must not end the whole.
    found.skipped.push({ path: dir, reason: 'cannot be read' });
    return [];
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(dir, entry.name);
    if (!entry.isDirectory()) {
      if (await isPicture(path)) found.pictures.push(path);
    } else if (SYSTEM_FOLDERS.has(entry.name.toLowerCase())) found.skipped.push({ path, reason: 'system folder' });
    else await walk(path, found);
  }
}

async function isPicture(path: string): Promise<boolean> {
  // stat before open: opening a named pipe would wait for its writer.
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return false;
  if (PICTURE_NAMES.test(extname(path))) return true;
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return looksLikePicture(buffer.subarray(0, bytesRead));
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

/** First bytes by format, as Latin-1. */
const SIGNATURES = [
  '\xff\xd8\xff', // JPEG
  '\x89PNG\r\n\x1a\n',
  'GIF87a',
  'GIF89a',
  'II*\0', // TIFF
  'MM\0*',
  'II+\0', // BigTIFF
  'MM\0+',
  '\0\0\0\x0cjP  \r\n', // JPEG 2000
  '\0\0\0\x0cJXL ', // JPEG XL
  '\xff\x0a',
];
const AVIF_OR_HEIC = /^ftyp(avi[fs]|hei[cfmsx]|hev[cx]|mi[af]1|msf1)/;
const COMMENT = /<!--.*?-->/gs;
const SVG = /^(\xef\xbb\xbf)?(\s|<\?xml[^>]*>|<!doctype svg[^>]*>)*<svg[\s>]/i;

/** Recognises a picture by its first bytes, also in formats that cannot be decoded here: those are reported as such. */
export function looksLikePicture(header: Buffer): boolean {
  const text = header.toString('latin1');
  return (
    SIGNATURES.some((signature) => text.startsWith(signature)) ||
    (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) ||
    (text.startsWith('BM') && text.startsWith('\0\0\0\0', 6)) || // BMP
    AVIF_OR_HEIC.test(text.slice(4)) ||
    SVG.test(text.replace(COMMENT, ''))
  );
}
