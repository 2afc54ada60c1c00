import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/ports';
import type { Neighbour, Query } from '../../../plugin/search/neighbours';
import { byRank, type Ranked, rankByMean, rankItems, rankWeighted } from '../../../plugin/search/rank';
import type { SpaceSearch } from '../../../plugin/search/space-search';
import { type Weights, weighed } from '../../../plugin/search/weights';
import { chunks } from '../../../plugin/store/chunks';
import type { Access } from '../access/content-api';
import { allOf } from '../util/all-of';
import { documents } from '../util/documents';
import { PICTURES } from '../util/pictures';
import { type Boost, NO_BOOST } from './boost';
import type { PictureType } from './content-types';
import type { EntryPicturesLookup } from './entry-pictures';
import type { PictureRelations, RowId } from './picture-relations';
import { mostTinted, type Tint, tintAll, tinted } from './tint';

/** A file or entry that may be shown, with the pictures by which it was found. */
export interface Candidate {
  documentId: string;
  pictures: FileId[];
  /** How much each of all its pictures counts, where the type weighs them. */
  weights?: Weights;
  /** What its fields add to its rank. */
  boost: number;
}

/** Where results come from: the files of the media library, or the entries of a content type. */
export interface Target {
  uid: string;
  /** For entries. */
  type?: PictureType;
}

/** As answers, rules and parameters call it. */
export const typeOf = ({ uid, type }: Target): string => (type ? uid : 'file');

/** What may be found. */
export interface Scope {
  target: Target;
  access: Access;
  locale?: string;
  /** In Strapi's vocabulary, checked and sanitised. */
  filters?: object;
  /** The pictures that have the wanted colour: no others count. */
  coloured?: ReadonlySet<FileId>;
  boost?: Boost;
  tint?: Tint;
}

export interface SearchRequest extends Scope {
  search: SpaceSearch;
  queries: Query[];
  match: 'best' | 'mean';
  /** Pictures that are not results, e.g. the query pictures. */
  exclude: readonly FileId[];
  filter(candidate: Candidate): boolean;
  /** Whether it matters which other pictures an entry has than those that were found. */
  needsAllPictures: boolean;
  /** Whether a neighbour is alike enough. */
  isSimilarEnough(similarity: number): boolean;
  /** Smallest cosine as the model sees it, also where a refined space ranks. */
  least?: number;
}

/** Neighbours requested at first, per wanted result: pictures share entries, and some are in none. */
const FIRST_FACTOR = 3;
const FIRST_MIN = 50;
const GROWTH = 4;

/** Up to this many items are all ranked exactly, if that is cheaper than fetching more and more neighbours. */
const RANK_ALL = 2_000;

/** Orders other than by the best pair are exact among this many of the nearest pictures. */
const MAX_REORDERED = 5_000;

/** Of an item, those by which it may be found. */
const picturesFor =
  ({ coloured }: Scope) =>
  ({ pictures }: Candidate): readonly FileId[] =>
    coloured ? pictures.filter((id) => coloured.has(id)) : pictures;

const firstCount = (need: number) => Math.max(FIRST_MIN, need * FIRST_FACTOR);

const isMean = ({ match, queries }: SearchRequest) => match === 'mean' && queries.length > 1;

/** Whether the order may be another than that of the nearest pictures. */
const reorders = (request: SearchRequest) =>
  (request.boost?.most ?? 0) > 0 || isMean(request) || request.tint !== undefined;

/** Whether nothing after this neighbour is alike enough: what is like the lightest query picture is the most alike. */
function isTooFar({ isSimilarEnough, queries }: SearchRequest, last: Neighbour | undefined): boolean {
  if (!last || queries.some(({ steered }) => steered)) return false;
  const lightest = Math.min(...queries.map(({ weight }) => weight ?? 1));
  return !isSimilarEnough(last.rank > 0 ? last.rank / lightest : last.rank);
}

/** What has not been seen ranks no higher than the last neighbour with the largest weight and boost. */
function settles(request: SearchRequest, rank: number, last: number): boolean {
  const { target, boost, queries, tint } = request;
  const weights = target.type?.weights;
  // Neighbours are as far down as their query picture is light; a mean is divided by the weights again.
  const asked = isMean(request) ? queries.reduce((sum, { weight = 1 }) => sum + weight, 0) / queries.length : 1;
  const most = weighed(mostTinted(last, tint), (weights ? Math.max(...weights) : 1) / asked) + (boost?.most ?? 0);
  // Weighed pictures are not in the order of the neighbours: of equals, all have to be seen.
  return weights ? rank > most : rank >= most;
}

export interface CandidatesDeps {
  strapi: Core.Strapi;
  entryPictures: EntryPicturesLookup;
  relations: PictureRelations;
}

interface ScopedRow {
  id: RowId;
  documentId: string;
  boost: number;
}

/** Finds the nearest items that the caller may see. Filters never empty or reorder a page: it continues until the page is full. */
export function createCandidates({ strapi, entryPictures, relations }: CandidatesDeps) {
  /** @param own filters of the request, besides the scope. */
  async function rowsOf(scope: Scope, own: object): Promise<ScopedRow[]> {
    const { target, boost = NO_BOOST } = scope;
    const fields = ['documentId', ...boost.fields];
    const rows = await documents(strapi, target.uid).findMany({ ...queryOf(scope, own), fields, sort: 'id:asc' });
    return rows.map((row) => ({ id: row.id, documentId: row.documentId, boost: boost.of(row) }));
  }

  /** With all pictures of each entry, also those of another colour than the wanted one. */
  async function within(scope: Scope, own: object): Promise<Candidate[]> {
    const items = await withPictures(scope, own);
    const picturesOf = picturesFor(scope);
    return scope.coloured ? items.filter((item) => picturesOf(item).length > 0) : items;
  }

  async function withPictures(scope: Scope, own: object): Promise<Candidate[]> {
    const rows = await rowsOf(scope, own);
    const { type } = scope.target;
    if (!type) return rows.map(({ id, ...row }) => ({ ...row, pictures: [id] }));
    const files = await relations.filesOf(
      type,
      rows.map(({ id }) => id),
    );
    return rows.map(({ id, ...row }) => ({ ...row, pictures: [], ...files.get(id) }));
  }

  function queryOf({ target, access, locale, filters }: Scope, own?: object): object {
    const picturesOnly = target.type ? undefined : PICTURES;
    return {
      filters: allOf(own, picturesOnly, filters),
      ...(target.type && { status: access.status, ...(locale && { locale }) }),
    };
  }

  /** With these pictures of each entry, or with all of them where others matter, too. */
  async function holding(request: SearchRequest, ids: FileId[], need: number): Promise<Candidate[]> {
    const { target, access, locale, filters, boost } = request;
    const { type } = target;
    if (!type) return within(request, { id: { $in: ids } });
    const version = { access, locale };
    const accepts = (documentId: string) => request.filter({ documentId, pictures: [], boost: 0 });
    const enough = { count: need, accepts };
    const found =
      filters || boost
        ? await entryPictures.among(type, ids, (rowIds) => rowsOf(request, { id: { $in: rowIds } }), enough)
        : (await entryPictures.holding(type, ids, version, enough)).map((entry) => ({ ...entry, boost: 0 }));
    if (!request.needsAllPictures && !type.weights) return found;
    return Promise.all(
      found.map(async ({ documentId, boost, pictures }) => {
        const entry = await entryPictures.entry(type, documentId, version);
        return { documentId, boost, pictures: entry?.pictures ?? pictures, weights: entry?.weights };
      }),
    );
  }

  /** Whatever their colours are. */
  const count = (scope: Scope, own?: object): Promise<number> =>
    documents(strapi, scope.target.uid).count(queryOf(scope, own));

  async function alike({ search, queries }: SearchRequest, ranked: Ranked<Candidate>[], least: number) {
    const cosines = await search.similarities(
      queries,
      ranked.map(({ match }) => match),
    );
    return ranked.filter((_, at) => cosines[at] >= least);
  }

  /** Of all pictures of these items: a heavy one may be further away than those that were found. */
  async function matchesOf(request: SearchRequest, items: Candidate[]): Promise<Neighbour[]> {
    const { search, queries, exclude } = request;
    const unwanted = new Set(exclude);
    const among = [...new Set(items.flatMap(picturesFor(request)))].filter((id) => !unwanted.has(id));
    return among.length === 0 ? [] : search.neighbours(queries, { limit: among.length, among });
  }

  async function rank(request: SearchRequest, items: Candidate[], nearest: Neighbour[]): Promise<Ranked<Candidate>[]> {
    const { tint } = request;
    const matches = tintAll(nearest, tint);
    const picturesOf = picturesFor(request);
    const weightsOf = ({ weights }: Candidate) => weights;
    const allowed = items.filter(request.filter);
    const all = request.target.type?.weights
      ? rankWeighted(allowed, picturesOf, weightsOf, matches)
      : rankItems(allowed, picturesOf, matches);
    let ranked = all.filter(({ match }) => request.isSimilarEnough(match.similarity));
    if (request.least !== undefined) ranked = await alike(request, ranked, request.least);
    if (isMean(request)) {
      const pictures = [...new Set(ranked.flatMap(({ item }) => picturesOf(item)))];
      const cosines = await request.search.cosines(request.queries, pictures);
      ranked = rankByMean(ranked, picturesOf, cosines, request.queries, weightsOf);
      if (tint) {
        const likenessOf = (item: Candidate) => Math.max(...picturesOf(item).map((id) => tint.of(id)));
        ranked = byRank(ranked.map((entry) => ({ ...entry, rank: tinted(entry.rank, likenessOf(entry.item), tint) })));
      }
    }
    if (!request.boost) return ranked;
    return byRank(ranked.map((entry) => ({ ...entry, rank: entry.rank + entry.item.boost })));
  }

  /** Ranks these items exactly: all of them, or at least the first `need`. */
  async function rankAll(request: SearchRequest, items: Candidate[], need = Number.POSITIVE_INFINITY) {
    const { search, queries, exclude } = request;
    const unwanted = new Set(exclude);
    const among = [...new Set(items.flatMap(picturesFor(request)))].filter((id) => !unwanted.has(id));
    if (among.length === 0) return [];
    // Entries may have dozens of pictures each: most of what was ranked would be sent here for nothing.
    const first = reorders(request) || request.target.type?.weights ? among.length : firstCount(need);
    for (let limit = first; ; limit *= GROWTH) {
      const nearest = await search.neighbours(queries, { limit: Math.min(limit, among.length), among });
      const ranked = await rank(request, items, nearest);
      if (ranked.length >= need || limit >= among.length || isTooFar(request, nearest.at(-1))) return ranked;
    }
  }

  /** Neighbours to begin with, or undefined when so few items are allowed that all of them are ranked. */
  async function firstOf(request: SearchRequest, need: number): Promise<number | undefined> {
    if (!request.filters) return firstCount(need);
    const { filters, ...unfiltered } = request;
    const allowed = await count(request);
    if (allowed <= RANK_ALL) return undefined;
    return Math.ceil((firstCount(need) * (await count(unfiltered))) / allowed);
  }

  return {
    within,
    rankAll,

    /** Items that also pass these filters. */
    count: async (scope: Scope, own: object): Promise<number> =>
      scope.coloured ? (await within(scope, own)).length : count(scope, own),

    /** The nearest items, best first: at least `need` of them unless there are fewer. */
    async nearest(request: SearchRequest, need: number): Promise<Ranked<Candidate>[]> {
      const { search, queries, exclude, coloured } = request;
      const among = coloured && [...coloured];
      const found = new Map<string, Candidate>();
      const looked = new Set<FileId>();
      async function lookAt(matches: Neighbour[]): Promise<void> {
        const ids = matches.map(({ fileId }) => fileId).filter((id) => !looked.has(id));
        for (const chunk of chunks(ids)) {
          for (const item of await holding(request, chunk, need)) {
            const known = found.get(item.documentId)?.pictures ?? [];
            found.set(item.documentId, { ...item, pictures: [...new Set([...known, ...item.pictures])] });
          }
          for (const id of chunk) looked.add(id);
        }
      }

      const first = await firstOf(request, need);
      if (first === undefined) return rankAll(request, await within(request, {}), need);
      let before = 0;
      for (let k = first; ; k *= GROWTH) {
        const nearest = await search.neighbours(queries, { limit: k, exclude, among });
        await lookAt(nearest);
        const items = [...found.values()];
        const matches = request.target.type?.weights ? await matchesOf(request, items) : nearest;
        const ranked = await rank(request, items, matches);
        const last = nearest.at(-1);
        // A refined space ranks slightly differently from the model: a less similar picture can come before the last similar one.
        const isAllAlike = request.least !== undefined && ranked.length < need && k > first && ranked.length === before;
        before = ranked.length;
        const isEnd = !last || nearest.length < k || isTooFar(request, last) || isAllAlike;
        const isSettled = ranked.length >= need && settles(request, ranked[need - 1].rank, last?.rank ?? 0);
        if (isEnd || isSettled || (reorders(request) && ranked.length >= need && k >= MAX_REORDERED)) return ranked;
        if ((await count(request)) <= RANK_ALL) return rankAll(request, await within(request, {}), need);
      }
    },
  };
}

export type Candidates = ReturnType<typeof createCandidates>;
