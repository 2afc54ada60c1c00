import type { Embedder, EmbeddingStore, FileId, MediaSource, Space } from '../ports';
import type { SpaceSearch } from '../search/space-search';
import type { Refiner } from './refiner';

/**
 * A refined space is filled as any other one is, by queue worker and sweep; but its pictures are the vectors of the model's space,
 * its bytes are their sequence numbers, and what embeds them is the refiner.
 */
export function rawVectorsAsMedia(space: Space, store: Pick<EmbeddingStore, 'vectorKeys' | 'status'>): MediaSource {
  return {
    async list(afterId, limit) {
      const keys = await store.vectorKeys(space.id, afterId, limit);
      return keys.map(({ fileId, seq }) => ({ id: fileId, stamp: String(seq) }));
    },

    async listed(ids) {
      const found = await store.status(space.id, ids);
      return new Set(found.filter(({ hasVector }) => hasVector).map(({ fileId }) => fileId));
    },

    async open(id) {
      const [key] = await store.vectorKeys(space.id, id - 1, 1);
      if (key?.fileId !== id) return undefined;
      const seq = String(key.seq);
      return { path: String(id), digest: seq, stamp: seq, bytes: 0, close: async () => {} };
    },
  };
}

export interface RefiningDeps {
  /** The model's space. */
  base: Space;
  /** The refined one. */
  space: Space;
  store: Pick<EmbeddingStore, 'vectors'>;
  /** Where neighbours are looked for: what answers searches at the moment. */
  search(): Pick<SpaceSearch, 'nearest'>;
  neighbours: number;
  refiner(): Promise<Pick<Refiner, 'refine'>>;
}

/** Candidates per neighbour: nearly all of the nearest in the model's space are among them, in another order. */
const CANDIDATES = 4;

/** This many are claimed and stored together: each transaction keeps SQLite, and with it the CMS, waiting for the disk. */
const REFINED_AT_ONCE = 32;

/** `embed` takes the id of a file as its path. */
export function createRefiningEmbedder(deps: RefiningDeps): Pick<Embedder, 'capacity' | 'embed'> {
  const { base, store, neighbours } = deps;

  async function candidates(id: FileId, vector: Float32Array): Promise<Float32Array[]> {
    if (neighbours === 0) return [];
    const found = await deps.search().nearest(vector, neighbours * CANDIDATES + 1);
    const others = found.map(({ fileId }) => fileId).filter((fileId) => fileId !== id);
    return [...(await store.vectors(base.id, others)).values()];
  }

  return {
    capacity: REFINED_AT_ONCE,
    async embed(path) {
      const id = Number(path);
      const vector = (await store.vectors(base.id, [id])).get(id);
      // Gone since it was claimed: the queue worker tries again, and finds no such picture.
      if (!vector) throw new Error(`File ${id} has no vector any more`);
      const refiner = await deps.refiner();
      return { ok: true, vector: await refiner.refine(vector, await candidates(id, vector), neighbours) };
    },
  };
}
