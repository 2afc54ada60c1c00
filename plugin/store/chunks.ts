import type { Claim, FileId } from '../ports';

/** Databases limit the values of one statement. */
const CHUNK = 400;

export function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}

export async function eachChunk<R>(ids: readonly FileId[], query: (ids: FileId[]) => PromiseLike<R[]>): Promise<R[]> {
  const results: R[] = [];
  for (const part of chunks(ids)) results.push(...(await query(part)));
  return results;
}

export function byLease(claims: readonly Claim[]): Map<string, FileId[]> {
  const groups = new Map<string, FileId[]>();
  for (const { lease, fileId } of claims) groups.set(lease, [...(groups.get(lease) ?? []), fileId]);
  return groups;
}
