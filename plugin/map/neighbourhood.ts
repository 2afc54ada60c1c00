import type { FileId } from '../ports';
import type { SpaceSearch } from '../search/space-search';
import { createRandom, pick } from '../vectors/random';
import type { LayoutJob } from './layout';
import type { Spot } from './place';

/** UMAP's own default: what a picture's neighbourhood is, itself included. */
const NEIGHBOURS = 15;
/** More pictures are not laid out together: a sample is, and the others are placed by it. Memory and time grow with it. */
export const LARGEST = 12_000;
/** Largest number of neighbours requested, so that enough of them are in the sample. */
export const MOST_ASKED = 100;
/** Vectors that are read at once. */
const PAGE = 200;

export type Neighbourly = Pick<SpaceSearch, 'space' | 'queries' | 'neighbours'>;

export interface Near {
  fileId: FileId;
  similarity: number;
}

/** Each picture with its nearest ones, best first, itself left out; one search after another, so that requests come between. */
export async function* neighboursOf(
  search: Neighbourly,
  fileIds: readonly FileId[],
  limit: number,
): AsyncGenerator<{ fileId: FileId; near: Near[] }> {
  for (let from = 0; from < fileIds.length; from += PAGE) {
    for (const query of await search.queries(fileIds.slice(from, from + PAGE))) {
      const { fileId } = query;
      yield { fileId, near: await search.neighbours([query], { limit, exclude: [fileId] }) };
    }
  }
}

/** Of a large library, the same ones while it stays the same; ascending. */
export const sampleOf = (fileIds: readonly FileId[], largest = LARGEST): FileId[] =>
  pick(fileIds, largest, createRandom(fileIds.length)).sort((a, b) => a - b);

/**
 * What the layout of these pictures starts from.
 * @param fileIds at least 3.
 * @param total pictures of the library: the neighbours of a sample may lie outside it.
 */
export async function neighbourhood(
  search: Neighbourly,
  fileIds: readonly FileId[],
  total: number,
  spotOf: (fileId: FileId) => Spot | undefined,
  onProgress: (share: number) => void,
): Promise<LayoutJob> {
  const n = fileIds.length;
  const k = Math.min(NEIGHBOURS, n - 1);
  const wanted = Math.min(MOST_ASKED, Math.ceil((k * total) / n));
  const rowOf = new Map(fileIds.map((fileId, row) => [fileId, row]));
  // A row that is not full has itself in its other places: the layout overlooks that.
  const neighbours = new Int32Array(n * k);
  for (let row = 0; row < n; row++) neighbours.fill(row, row * k, (row + 1) * k);
  const distances = new Float32Array(n * k);
  let done = 0;
  for await (const { fileId, near } of neighboursOf(search, fileIds, wanted)) {
    const row = rowOf.get(fileId) as number;
    let at = row * k + 1;
    for (const { fileId: other, similarity } of near) {
      const otherRow = rowOf.get(other);
      if (otherRow === undefined || at === (row + 1) * k) continue;
      neighbours[at] = otherRow;
      distances[at++] = Math.max(0, 1 - similarity);
    }
    onProgress(++done / n);
  }
  const start = new Float32Array(2 * n);
  for (const [row, fileId] of fileIds.entries()) {
    const spot = spotOf(fileId);
    start[2 * row] = spot ? spot.x : Number.NaN;
    start[2 * row + 1] = spot ? spot.y : Number.NaN;
  }
  return { neighbours, distances, k, start };
}
