import type { Neighbourly } from '../../plugin/map/neighbourhood';
import { createPictureMap, type MapState, type PictureMap, type PictureMapDeps } from '../../plugin/map/picture-map';
import type { FileId } from '../../plugin/ports';
import { findNeighbours } from '../../plugin/search/neighbours';
import { createSharedLayout } from '../../plugin/spaces/shared-layout';
import { createExactIndex } from '../../plugin/vector-index/exact';
import { createTestLogger } from './index-under-test';
import { createMemoryRecords } from './memory-records';
import { until } from './until';
import { createClusters, createRandom, stored } from './vectors';

const SPACE = { id: 'test@1/lanczos3', model: 'test', dims: 16 };

/** Vectors in memory with an exact index: all that a map needs of a library. */
export async function createMapLibrary() {
  const index = createExactIndex();
  await index.open(SPACE);
  const vectors = new Map<FileId, Float32Array>();
  const logger = createTestLogger();
  const seqs = new Map<FileId, number>();
  let seq = 0;

  const store: PictureMapDeps['store'] = {
    vectorKeys: async (_space, after, limit) =>
      [...seqs]
        .map(([fileId, seq]) => ({ fileId, seq }))
        .filter(({ fileId }) => fileId > after)
        .sort((a, b) => a.fileId - b.fileId)
        .slice(0, limit),
  };

  const search: Neighbourly = {
    space: SPACE,
    queries: async (ids) => ids.map((fileId) => ({ fileId, vector: vectors.get(fileId) as Float32Array })),
    neighbours: (queries, options) => findNeighbours(index, queries, options),
  };

  const records = createMemoryRecords();
  return {
    vectors,
    logger,
    async put(fileId: FileId, vector: Float32Array): Promise<void> {
      vectors.set(fileId, vector);
      seqs.set(fileId, ++seq);
      await index.put([stored(fileId, seq, vector)]);
    },
    async remove(fileIds: FileId[]): Promise<void> {
      for (const fileId of fileIds) seqs.delete(fileId);
      await index.remove(fileIds);
    },
    search,
    /** Each is a node of its own. */
    open(file: string, more: Partial<PictureMapDeps> = {}): PictureMap {
      const shared = createSharedLayout(records, SPACE.id);
      return createPictureMap({ space: SPACE, store, search: () => search, file, shared, logger, ...more });
    },
  };
}

export type MapLibrary = Awaited<ReturnType<typeof createMapLibrary>>;

/** Fills the library with pictures of ids from 1, in clusters of the same size. @returns which cluster an id is of. */
export async function fillClusters(
  library: MapLibrary,
  clusters: number,
  each: number,
): Promise<(id: FileId) => number> {
  const random = createRandom(3);
  const draw = Array.from({ length: clusters }, () => createClusters(SPACE.dims, 1, random));
  for (let id = 1; id <= clusters * each; id++) await library.put(id, draw[id % clusters]());
  return (id) => id % clusters;
}

/** The map once nothing is being computed any more. */
export async function settled(map: PictureMap): Promise<MapState> {
  let state = await map.state();
  await until('the map is laid out', async () => {
    state = await map.state();
    return (
      state.computing === undefined &&
      (state.problem !== undefined || state.cancelled || state.spots.size === state.total)
    );
  });
  return state;
}
