import type { MatchVerdict } from '../contracts/similar';
import { SimilarError } from '../errors';
import type { Embedder, EmbeddingStore, FileId, Match, Space, TextEmbedder, VectorIndex } from '../ports';
import { Photo } from '../same-photo/photo';
import type { Known } from './known';
import type { Link } from './link';
import {
  cosinesTo,
  findNeighbours,
  type LibraryQuery,
  type Neighbour,
  type NeighbourOptions,
  type Query,
  type Searcher,
} from './neighbours';
import { knownOf, verdictsOf } from './photo-verdicts';
import { nearestRaw, type Refined, rawSimilarities } from './refined';
import { applyFeedback, type Words, withWords } from './relevance-feedback';
import { samplePairs } from './sample-pairs';
import { measureScoreScale, PROBES, type ScoreScale } from './score';
import { measureWordScale, PHRASES } from './word-scale';

/** What a search is steered by: pictures that it should be towards and away from, and words. */
export interface Examples {
  like: readonly FileId[];
  unlike: readonly FileId[];
  words?: Words;
}

/** As the embedder gives it. */
export interface SentPicture {
  /** In the model's own space. */
  vector: Float32Array;
  miniature?: Uint8Array;
  /** SHA-256 of the bytes, where all of the picture was embedded. */
  digest?: string;
}

/** Searches in one space: one request stays in one space, even if another becomes live in the meantime. */
export interface SpaceSearch {
  readonly space: Space;
  /** Pictures without a vector take no part, or find nothing. */
  queries(of: readonly FileId[], examples?: Examples): Promise<LibraryQuery[]>;
  /** Embeds a picture that is not in the library. @throws SimilarError `EMBEDDER_UNAVAILABLE` */
  embed: Embedder['embed'];
  /** Of a picture that is not in the library. */
  queryOf(picture: SentPicture, examples?: Examples): Promise<Query>;
  /** The model knows words. */
  readonly knowsWords: boolean;
  /** @returns unit length. @throws SimilarError `MODEL_WITHOUT_TEXT`, `WORDS_UNREADY`, `INVALID_PARAMETER` */
  embedWords(words: string): Promise<Float32Array>;
  /** Of words alone. @param vector of `embedWords`. */
  queryOfWords(vector: Float32Array, examples?: Examples): Promise<Query>;
  /** @throws SimilarError `INDEX_UNAVAILABLE` while the index is being loaded. */
  neighbours(queries: readonly Query[], options: NeighbourOptions): Promise<Neighbour[]>;
  /** Of each query to these pictures: what `neighbours` ranks by. */
  cosines(queries: readonly Query[], fileIds: readonly FileId[]): Promise<Map<FileId, number>[]>;
  /** In this space. */
  vectors(fileIds: readonly FileId[]): Promise<Map<FileId, Float32Array>>;
  /** Cosines of matched pairs in the model's own space, in their order: what is shown to people. */
  similarities(queries: readonly Query[], matches: readonly Neighbour[]): Promise<number[]>;
  /** What is known of the bytes of these pictures. */
  known(fileIds: readonly FileId[]): Promise<Map<FileId, Known>>;
  /** What becomes of the two pictures of each match. @param cosines of the model's own space, in the order of the matches. */
  verdicts(
    queries: readonly Query[],
    matches: readonly Neighbour[],
    cosines: readonly number[],
  ): Promise<MatchVerdict[]>;
  /**
   * The nearest in the model's own space, best first.
   * @param vector of the model's own space.
   */
  nearest(vector: Float32Array, k: number): Promise<Match[]>;
  /** Of a large library it may be of a second ago. @throws SimilarError `INDEX_UNAVAILABLE` */
  scoreScale(): Promise<ScoreScale>;
  /** The same for words and pictures. @throws SimilarError `INDEX_UNAVAILABLE`, `MODEL_WITHOUT_TEXT`, `WORDS_UNREADY` */
  wordScale(): Promise<ScoreScale>;
  /** Some pairs of the library and their cosines in the model's own space: the same for a minute. */
  samplePairs(): Promise<Link[]>;
}

export interface SpaceSearchDeps {
  space: Space;
  store: EmbeddingStore;
  index: VectorIndex;
  /** Resolves when the index holds all vectors. */
  ready(): Promise<void>;
  embed: Embedder['embed'];
  /** Where the model knows words. */
  text?: TextEmbedder;
  /** For a space that was learnt from the vectors of a model's space. */
  refined?: Refined;
}

/** Two spreads of a small library may say nothing. */
const MOST_RATIO = 20;

/** The library's cosines are measured again when it has grown or shrunk by this share. */
const REMEASURE_SHARE = 0.1;
const RECHECK_MS = 1_000;
const RESAMPLE_MS = 60_000;

interface Measured {
  /** Of the library that was measured. */
  size: number;
  checkedAt: number;
  scale: ScoreScale;
}

const withoutText = (model: string) =>
  new SimilarError('MODEL_WITHOUT_TEXT', `Model ${model} knows no words: it has no text tower`, { name: 'q' });

/** Measures when it is asked, and again when the library is another. */
function createScale(sizeOf: () => Promise<number>, measureScale: () => Promise<ScoreScale>) {
  let measured: Measured | undefined;
  let measuring: Promise<Measured> | undefined;

  async function measure(): Promise<Measured> {
    const size = await sizeOf();
    const before = measured;
    const isLikeBefore = before && Math.abs(size - before.size) <= REMEASURE_SHARE * before.size;
    measured = isLikeBefore
      ? { ...before, checkedAt: Date.now() }
      : { size, checkedAt: Date.now(), scale: await measureScale() };
    return measured;
  }

  return async (): Promise<ScoreScale> => {
    // Without two pictures nothing was measured: the first ones that come do not wait for the next check.
    if (measured && measured.size > 1 && Date.now() - measured.checkedAt < RECHECK_MS) {
      return measured.scale;
    }
    measuring ??= measure().finally(() => {
      measuring = undefined;
    });
    if (!measured || measured.size < PROBES) return (await measuring).scale;
    // A sample of many is hardly another one after some more: nobody waits for it.
    measuring.catch(() => {});
    return measured.scale;
  };
}

export function createSpaceSearch(deps: SpaceSearchDeps): SpaceSearch {
  const { space, store, index, ready, embed, text, refined } = deps;
  let sampled: { at: number; pairs: Promise<Link[]> } | undefined;

  async function vectors(fileIds: readonly FileId[]): Promise<Map<FileId, Float32Array>> {
    const found = await store.vectors(space.id, fileIds);
    if (!refined || found.size === fileIds.length) return found;
    // A picture that has just been embedded is refined a moment later.
    const missing = await store.vectors(
      refined.base.id,
      fileIds.filter((id) => !found.has(id)),
    );
    for (const [fileId, vector] of missing) found.set(fileId, refined.project(vector));
    return found;
  }

  const searcher: Searcher = {
    search: (vector, k, options) => index.search(vector, k, options),
    async searchLike(fileId, k, options) {
      const found = await index.searchLike(fileId, k, options);
      if (found) return found;
      // Stored a moment ago, and still on its way to the index.
      const vector = (await vectors([fileId])).get(fileId);
      return vector && index.search(vector, k, options);
    },
  };

  const isEmpty = (examples?: Examples) =>
    !examples || (examples.like.length + examples.unlike.length === 0 && !examples.words);

  async function steerAll<Q extends Query & { vector: Float32Array }>(queries: Q[], examples?: Examples): Promise<Q[]> {
    if (!examples || isEmpty(examples)) return queries;
    const { words } = examples;
    const [known, ratio] = await Promise.all([
      vectors([...examples.like, ...examples.unlike]),
      words || queries.some(({ isWords }) => isWords) ? wordRatio() : 1,
    ]);
    const vectorsOf = (ids: readonly FileId[]) => ids.flatMap((id) => known.get(id) ?? []);
    const [like, unlike] = [vectorsOf(examples.like), vectorsOf(examples.unlike)];
    return queries.map((query) => {
      const towards = applyFeedback(query.vector, like, unlike, query.isWords ? ratio : 1);
      return { ...query, steered: words ? withWords(towards, words, ratio) : towards };
    });
  }

  async function sizeOf(): Promise<number> {
    await ready();
    return (await index.status()).size;
  }

  const scoreScale = createScale(sizeOf, () => measureScoreScale({ space, store, index }));
  const wordScale = createScale(sizeOf, async () => {
    if (!text) throw withoutText(space.model);
    const phrases = await text.embedAll(PHRASES);
    return measureWordScale(
      index,
      phrases.filter((vector) => vector !== undefined),
    );
  });

  /** How much further apart pictures are from each other than from words. */
  async function wordRatio(): Promise<number> {
    const [pictures, words] = await Promise.all([scoreScale(), wordScale()]);
    const ratio = (pictures.spread() ?? 1) / (words.spread() ?? pictures.spread() ?? 1);
    return Math.min(Math.max(ratio, 1 / MOST_RATIO), MOST_RATIO);
  }

  async function nearest(vector: Float32Array, k: number): Promise<Match[]> {
    await ready();
    return refined ? nearestRaw(index, store, refined, vector, k) : index.search(vector, k);
  }

  return {
    space,
    embed,
    vectors,

    async queries(of, examples) {
      if (isEmpty(examples)) return of.map((fileId) => ({ fileId }));
      const found = await vectors(of);
      return steerAll(
        [...found].map(([fileId, vector]) => ({ fileId, vector })),
        examples,
      );
    },

    async queryOf({ vector, miniature, digest }, examples) {
      const own = refined ? { vector: refined.project(vector), raw: vector } : { vector };
      const sent = { digest, ...(miniature && { photo: new Photo(miniature) }) };
      const [query] = await steerAll<Query & { vector: Float32Array }>([{ fileId: null, sent, ...own }], examples);
      return query;
    },

    knowsWords: text !== undefined,

    async embedWords(words) {
      if (!text) throw withoutText(space.model);
      return text.embed(words);
    },

    async queryOfWords(vector, examples) {
      // As far apart as pictures are: boosts and diversity then count as much as elsewhere.
      const weight = await wordRatio();
      const query: Query & { vector: Float32Array } = { fileId: null, isWords: true, vector, weight };
      return (await steerAll([query], examples && { ...examples, words: undefined }))[0];
    },

    async neighbours(queries, options) {
      await ready();
      return findNeighbours(searcher, queries, options);
    },

    cosines: (queries, fileIds) =>
      Promise.all(
        queries.map((query) => cosinesTo(searcher, { ...query, vector: query.steered ?? query.vector }, fileIds)),
      ),

    async similarities(queries, matches) {
      if (!refined) return matches.map(({ similarity }) => similarity);
      return rawSimilarities(store, refined, queries, matches);
    },

    known: (fileIds) => knownOf(store, (refined?.base ?? space).id, fileIds),

    verdicts: (queries, matches, cosines) => verdictsOf(store, (refined?.base ?? space).id, queries, matches, cosines),

    nearest,

    samplePairs() {
      if (!sampled || Date.now() - sampled.at > RESAMPLE_MS) {
        const pairs = samplePairs({ space: refined?.base ?? space, store, index, nearest });
        sampled = { at: Date.now(), pairs };
        pairs.catch(() => {
          sampled = undefined;
        });
      }
      return sampled.pairs;
    },

    scoreScale,
    wordScale,
  };
}
