import type { Collection } from 'weaviate-client';
import type { FileId, Match } from '../ports';
import { Top } from './top';
import { heldFiles, holdersOf, MOST_RESULTS, type NearPoint, nearPoints } from './weaviate-objects';

/** Files in one request, of those that a search is restricted to. */
const AMONG_SIZE = 5_000;
/** What a restricted search asks for at least: points at the same distance come in any order. */
const LEAST_AMONG = 200;
const SHARE_TO_SIFT = 1 / 4;

interface Options {
  /** Points that are asked for. */
  candidates: number;
  /** All points are compared; otherwise the graph is asked. */
  isExact: boolean;
  /** Only these. */
  among?: ReadonlySet<FileId>;
}

/** The nearest files, best first: fewer than `k` where they are not among the candidates. */
export async function nearest(
  collection: Collection,
  query: Float32Array,
  k: number,
  { candidates, isExact, among }: Options,
): Promise<Match[]> {
  const near = await nearPoints(collection, query, { limit: candidates, among: isExact ? 'all' : undefined });
  const top = new Top(k);
  let found = 0;
  for (let from = 0; from < near.length && found < k; ) {
    const some = near.slice(from, endOfTies(near, from + k));
    const similarities = new Map(some.map(({ point, similarity }) => [point, similarity]));
    for (const { fileId, point } of await holdersOf(collection, [...similarities.keys()])) {
      if (among?.has(fileId) === false) continue;
      top.offer(fileId, similarities.get(point) as number);
      found++;
    }
    from += some.length;
  }
  return top.sorted();
}

/** Those as similar as the last one belong to it. */
function endOfTies(near: readonly NearPoint[], from: number): number {
  let end = Math.min(from, near.length);
  while (end < near.length && near[end].similarity === near[end - 1].similarity) end++;
  return end;
}

/**
 * The nearest of these files: all of them are compared.
 * @param size files in the collection, about.
 */
export async function nearestAmong(
  collection: Collection,
  query: Float32Array,
  k: number,
  among: readonly FileId[],
  size: number,
): Promise<Match[]> {
  const wanted = new Set(among);
  // Where they are a large share, enough of them are among the nearest of all, which costs less than to name them.
  const share = wanted.size / Math.max(size, wanted.size);
  const candidates = Math.ceil((2 * k) / share) + LEAST_AMONG;
  if (share > SHARE_TO_SIFT && candidates <= MOST_RESULTS) {
    const found = await nearest(collection, query, k, { candidates, isExact: true, among: wanted });
    if (found.length === k) return found;
  }
  return nearestNamed(collection, query, k, [...wanted]);
}

/** By naming them, part by part. */
export async function nearestNamed(
  collection: Collection,
  query: Float32Array,
  k: number,
  wanted: readonly FileId[],
): Promise<Match[]> {
  const top = new Top(k);
  for (let i = 0; i < wanted.length; i += AMONG_SIZE) {
    const files = await heldFiles(collection, wanted.slice(i, i + AMONG_SIZE));
    const points = [...new Set(files.map(({ point }) => point))];
    if (points.length === 0) continue;
    const limit = Math.min(points.length, MOST_RESULTS, Math.max(2 * k, LEAST_AMONG));
    const near = await nearPoints(collection, query, { limit, among: points });
    const similarities = new Map(near.map(({ point, similarity }) => [point, similarity]));
    for (const { fileId, point } of files) {
      const similarity = similarities.get(point);
      if (similarity !== undefined) top.offer(fileId, similarity);
    }
  }
  return top.sorted();
}
