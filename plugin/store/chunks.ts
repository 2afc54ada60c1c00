import { setImmediate as breathe } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Claim, FileId } from '../ports';

/** Databases limit the values of one statement. */
export const CHUNK = 400;

export function* chunks<T>(items: readonly T[], size = CHUNK): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** With a break between two: statements on SQLite follow each other without one, and the CMS would stand still. */
export async function* chunksInTurn<T>(items: readonly T[]): AsyncGenerator<T[]> {
  let isFirst = true;
  for (const chunk of chunks(items)) {
    if (!isFirst) await breathe();
    isFirst = false;
    yield chunk;
  }
}

/**
 * All rows of a query in pages with a break after each, for what would be one statement over a whole space. Whatever ends it halfway,
 * the same again finds the rest.
 * @param by a column with an index, different in each row and larger than 0
 */
export async function* pagesOf<R>(query: () => Knex.QueryBuilder, by: keyof R & string): AsyncGenerator<R[]> {
  for (let after = 0; ; ) {
    const page: R[] = await query().where(by, '>', after).orderBy(by).limit(CHUNK);
    if (page.length > 0) yield page;
    await breathe();
    if (page.length < CHUNK) return;
    after = Number(page[page.length - 1][by]);
  }
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
