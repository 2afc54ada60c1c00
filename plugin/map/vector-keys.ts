import type { EmbeddingStore, FileId, SpaceId } from '../ports';

/** Rows that are read at once. */
const PAGE = 2_000;

/** Sequence numbers of all vectors, by ascending id. */
export async function vectorKeysOf(
  store: Pick<EmbeddingStore, 'vectorKeys'>,
  space: SpaceId,
): Promise<Map<FileId, number>> {
  const seqs = new Map<FileId, number>();
  for (let after = 0; ; ) {
    const page = await store.vectorKeys(space, after, PAGE);
    for (const { fileId, seq } of page) seqs.set(fileId, seq);
    if (page.length < PAGE) return seqs;
    after = page[page.length - 1].fileId;
  }
}
