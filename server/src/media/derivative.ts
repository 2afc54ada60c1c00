import type { PictureSource } from '../../../plugin/ports';
import type { FileRow, Format } from './row';

/** A copy of a picture that is there to be read. */
export type Derivative = Format & Required<Pick<Format, 'url' | 'width' | 'height'>>;

/** Originals of up to this many kB are fetched as they are by `auto`. */
const LARGE_KB = 1_000;

/** The copy to read of a file instead of the original; undefined: the original. */
export function derivativeFor(row: FileRow, from: PictureSource | undefined, isLocal: boolean): Derivative | undefined {
  if (!from) return undefined;
  if (from.kind === 'auto' && (isLocal || Number(row.size) <= LARGE_KB)) return undefined;
  return smallestOf(row, from.leastEdge);
}

/** The smallest that shows the whole picture and has what a model needs of it. */
function smallestOf(row: FileRow, leastEdge: number): Derivative | undefined {
  const fitting = Object.values(row.formats ?? {}).filter(
    (format): format is Derivative => isWhole(format, row) && Math.min(format.width, format.height) >= leastEdge,
  );
  return fitting.sort((a, b) => a.width - b.width)[0];
}

/** Other plugins add formats of their own: cut to a square, say. Rounded to whole pixels, a side is off by half of one. */
function isWhole(format: Format | null, { width, height }: FileRow): format is Derivative {
  if (!format?.url || !format.width || !format.height || !width || !height) return false;
  const isSmaller = format.width < width && format.height < height;
  return isSmaller && Math.abs(format.width * height - format.height * width) <= Math.max(width, height);
}
