import type { EmbeddingStore, FileId, SpaceId } from '../ports';

const PAGE = 5_000;

export interface SampleOptions {
  /** Whose vectors are there. */
  space: SpaceId;
  store: Pick<EmbeddingStore, 'vectorKeys'>;
  /** Pictures that decisions name, those first that must not be missing. */
  named: readonly FileId[];
  size: number;
}

/**
 * Which pictures are compared: those that editors decided about, up to half of the sample, then others at equal distances over the whole
 * library. The same library and the same decisions give the same sample.
 */
export async function sampleOf({ space, store, named, size }: SampleOptions): Promise<FileId[]> {
  const all = await withVector(space, store);
  const there = new Set(all);
  const decided = [...new Set(named)].filter((id) => there.has(id)).slice(0, Math.floor(size / 2));
  const first = new Set(decided);
  const others = all.filter((id) => !first.has(id));
  return [...decided, ...spread(others, size - decided.length)];
}

/** Ascending. */
async function withVector(space: SpaceId, store: SampleOptions['store']): Promise<FileId[]> {
  const found: FileId[] = [];
  for (;;) {
    const page = await store.vectorKeys(space, found.at(-1) ?? 0, PAGE);
    for (const { fileId } of page) found.push(fileId);
    if (page.length < PAGE) return found;
  }
}

/** The middle one of each of `most` parts of equal length. */
function spread(ids: readonly FileId[], most: number): FileId[] {
  if (ids.length <= most) return [...ids];
  return Array.from({ length: most }, (_, part) => ids[Math.floor(((part + 0.5) * ids.length) / most)]);
}
