import type { EmbeddingStore, FileId, Space, SpaceId } from '../ports';
import { encodeFloat16 } from '../vectors/float16';
import { createSampleRanking, type SampleRanking } from './sample-ranking';
import { readVectors } from './vector-file';

export interface OpenRankingOptions {
  id: string;
  live: SpaceId;
  other: { space: Space };
  file: string;
  store: Pick<EmbeddingStore, 'vectors'>;
}

/** Vectors that are read at once. */
const PAGE = 400;

/** Both models' vectors of the pictures that have both. @returns why not, where the file cannot be used; neither where there is none. */
export async function openRanking(options: OpenRankingOptions): Promise<{ ranking?: SampleRanking; problem?: string }> {
  const { id, live, other, file, store } = options;
  const { vectors, problem } = await readVectors(file, id);
  if (!vectors) return { problem };
  const { dims } = other.space;
  if (vectors.space !== other.space.id || vectors.dims !== dims) return { problem: 'it belongs to another space' };
  const fileIds: FileId[] = [];
  const rows: Record<'live' | 'other', Uint16Array[]> = { live: [], other: [] };
  for (let start = 0; start < vectors.fileIds.length; start += PAGE) {
    const page = vectors.fileIds.slice(start, start + PAGE);
    const found = await store.vectors(live, page);
    for (const [at, fileId] of page.entries()) {
      const vector = found.get(fileId);
      // It was deleted, or has become unreadable, since the sample was drawn.
      if (!vector) continue;
      fileIds.push(fileId);
      rows.live.push(encodeFloat16(vector));
      rows.other.push(vectors.rows.subarray((start + at) * dims, (start + at + 1) * dims));
    }
  }
  const liveDims = rows.live[0]?.length ?? 0;
  const ranking = createSampleRanking(fileIds, {
    live: { dims: liveDims, rows: joined(rows.live, liveDims) },
    other: { dims, rows: joined(rows.other, dims) },
  });
  return { ranking };
}

function joined(rows: readonly Uint16Array[], dims: number): Uint16Array {
  const all = new Uint16Array(rows.length * dims);
  for (const [at, row] of rows.entries()) all.set(row, at * dims);
  return all;
}
