import { expected, expectedInstead, SimilarError } from '../errors';
import type { FileId, StoredVector } from '../ports';
import { normalise } from '../vectors/cosine';
import { isFiniteFloat16 } from '../vectors/float16';

/**
 * All or nothing: one bad item refuses the whole call before anything changes. Native code takes NaN and wrong lengths
 * without a word and answers wrongly ever after.
 * @throws SimilarError `BAD_VECTOR`, with `details.fileId`.
 */
export function checkItems(items: readonly StoredVector[], dims: number): void {
  for (const { fileId, seq, vector } of items) {
    checkNumber(fileId, 'fileId');
    checkNumber(seq, 'seq');
    const problem = problemOf(vector, dims);
    if (problem) throw new SimilarError('BAD_VECTOR', `The vector of file ${fileId} ${problem}.`, { fileId });
  }
}

function problemOf(vector: unknown, dims: number): string | undefined {
  if (!(vector instanceof Uint16Array)) return 'is not a Uint16Array of float16 numbers';
  if (vector.length !== dims) return `has ${vector.length} numbers instead of ${dims}`;
  if (!isFiniteFloat16(vector)) return 'has a number that is not finite';
  if (vector.every((half) => (half & 0x7fff) === 0)) return 'is all zero';
  return undefined;
}

/** @throws SimilarError `INVALID_PARAMETER`. */
export function checkFileIds(fileIds: readonly FileId[]): void {
  for (const fileId of fileIds) checkNumber(fileId, 'fileId');
}

/**
 * @returns the query at unit length.
 * @throws SimilarError `INVALID_PARAMETER`.
 */
export function checkQuery(vector: Float32Array, k: number, dims: number): Float32Array {
  checkNumber(k, 'k');
  if (!(vector instanceof Float32Array)) throw expected('a Float32Array', 'vector', vector);
  if (vector.length !== dims) throw expectedInstead(`${dims} numbers`, 'vector', `${vector.length} numbers`);
  const unit = normalise(vector);
  if (!unit) throw expected('finite numbers that are not all zero', 'vector', 'others');
  return unit;
}

/** @throws SimilarError `INVALID_PARAMETER`. */
export function checkLike(fileId: FileId, k: number): void {
  checkNumber(fileId, 'fileId');
  checkNumber(k, 'k');
}

function checkNumber(value: unknown, name: string): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw expected('a whole number from 0', name, value);
}
