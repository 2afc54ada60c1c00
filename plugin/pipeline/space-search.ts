import { calibrate } from './calibrate';
import type { Calibration } from './calibration';
import { cosinesTo, findNeighbours, type Neighbour, type NeighbourOptions, OUTSIDE, type Query } from './neighbours';
import type { Embedder, EmbeddingStore, FileId, Space, VectorIndex } from './ports';
import { steer } from './steer';

/** Pictures that a search is steered towards and away from. */
export interface Examples {
  like: readonly FileId[];
  unlike: readonly FileId[];
}

/** Searches in one space: what one request asks stays in one space, also when another becomes live meanwhile. */
export interface SpaceSearch {
  readonly space: Space;
  /** Pictures without a vector take no part. */
  queries(of: readonly FileId[], examples?: Examples): Promise<Query[]>;
  /** Embeds a picture that is not in the library. @throws SimilarError `EMBEDDER_UNAVAILABLE` */
  embed: Embedder['embed'];
  /** @param vector of a picture that is not in the library. */
  queryOf(vector: Float32Array, examples?: Examples): Promise<Query>;
  /** @throws SimilarError `INDEX_UNAVAILABLE` while the index is being loaded. */
  neighbours(queries: readonly Query[], options: NeighbourOptions): Promise<Neighbour[]>;
  /** Of each query to these pictures: what `neighbours` ranks by. */
  cosines(queries: readonly Query[], fileIds: readonly FileId[]): Promise<Map<FileId, number>[]>;
  vectors(fileIds: readonly FileId[]): Promise<Map<FileId, Float32Array>>;
  calibration(): Promise<Calibration>;
}

export interface SpaceSearchDeps {
  space: Space;
  store: EmbeddingStore;
  index: VectorIndex;
  /** Resolves when the index holds all vectors. */
  ready(): Promise<void>;
  embed: Embedder['embed'];
}

/** The library's cosines are measured again when it has grown or shrunk by this share. */
const RECALIBRATE_SHARE = 0.1;
const RECHECK_MS = 1_000;

export function createSpaceSearch({ space, store, index, ready, embed }: SpaceSearchDeps): SpaceSearch {
  let calibrated: { size: number; checkedAt: number; calibration: Promise<Calibration> } | undefined;

  const vectors = (fileIds: readonly FileId[]) => store.vectors(space.id, fileIds);

  async function steerAll(queries: Query[], examples?: Examples): Promise<Query[]> {
    if (!examples || examples.like.length + examples.unlike.length === 0) return queries;
    const known = await vectors([...examples.like, ...examples.unlike]);
    const of = (ids: readonly FileId[]) => ids.flatMap((id) => known.get(id) ?? []);
    const [like, unlike] = [of(examples.like), of(examples.unlike)];
    return queries.map((query) => ({ ...query, steered: steer(query.vector, like, unlike) }));
  }

  return {
    space,
    embed,
    vectors,

    async queries(of, examples) {
      const found = await vectors(of);
      return steerAll(
        [...found].map(([fileId, vector]) => ({ fileId, vector })),
        examples,
      );
    },

    async queryOf(vector, examples) {
      const [query] = await steerAll([{ fileId: OUTSIDE, vector }], examples);
      return query;
    },

    async neighbours(queries, options) {
      await ready();
      return findNeighbours(index, queries, options);
    },

    cosines: (queries, fileIds) =>
      Promise.all(queries.map(({ vector, steered }) => cosinesTo(index, steered ?? vector, fileIds))),

    async calibration() {
      if (calibrated && Date.now() - calibrated.checkedAt < RECHECK_MS) return calibrated.calibration;
      await ready();
      const { size } = await index.status();
      if (calibrated) calibrated.checkedAt = Date.now();
      if (!calibrated || Math.abs(size - calibrated.size) > RECALIBRATE_SHARE * calibrated.size) {
        const calibration = calibrate({ space, store, index });
        calibrated = { size, checkedAt: Date.now(), calibration };
        calibration.catch(() => {
          calibrated = undefined;
        });
      }
      return calibrated.calibration;
    },
  };
}
