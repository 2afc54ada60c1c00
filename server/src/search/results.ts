import type { Core } from '@strapi/strapi';
import { colourOfHex } from '../../../plugin/colour/hex';
import type { Hide, Pin, StoredRule } from '../../../plugin/contracts/rules';
import type { MatchVerdict, SimilarItem } from '../../../plugin/contracts/similar';
import type { Rules } from '../../../plugin/ports';
import { diversify } from '../../../plugin/search/diversify';
import type { Neighbour } from '../../../plugin/search/neighbours';
import type { PictureColours } from '../../../plugin/search/picture-colours';
import type { Ranked } from '../../../plugin/search/rank';
import type { ScoreScale } from '../../../plugin/search/score';
import { type Access, FILE } from '../access/content-api';
import { readConfig } from '../config';
import { allOf } from '../util/all-of';
import type { SimilarParams } from '../validation/similar-query';
import { boostOf } from './boost';
import type { Candidates } from './candidates';
import { type Candidate, type Scope, type SearchRequest, typeOf } from './candidates';
import type { CreateDistinct, Distinct } from './distinct';
import type { Fallback } from './fallback';
import type { ResolvedQuery } from './query';
import type { ResultRulesLookup } from './result-rules';

/** An item of the answer, before it is read and shown. */
export interface Result {
  documentId: string;
  source: SimilarItem['source'];
  /** Absent where no pictures were compared. */
  match?: Neighbour;
  /** Cosine of the matched pair as the model sees it, also where a refined space ranks. */
  similarity?: number;
  verdict?: MatchVerdict;
  score?: number;
  /** Other entries of its group, where results are grouped and it is in one. */
  countOthers?: () => Promise<number | undefined> | undefined;
  others?: number;
}

/** This many of the nearest are put into a diverse order; a fixed number, so that pages fit together. */
const DIVERSE = 100;

const THRESHOLD = { similar: 'similar', 'near-duplicate': 'nearDuplicate', identical: 'identical' } as const;

export interface ResultsDeps {
  strapi: Core.Strapi;
  candidates: Candidates;
  fallback: Fallback;
  rules: Pick<Rules, 'concerning'>;
  resultRules: ResultRulesLookup;
  distinct: CreateDistinct;
  colours: () => Pick<PictureColours, 'having' | 'likenessTo'>;
}

/** Results fetched at first per wanted one, where several may count as one, and by how much more each time. */
const FIRST_FACTOR = 2;
const GROWTH = 4;

/** Puts an answer together: look-alikes in their order, what editors pinned at its place, and what fills the rest. */
export function createResults(deps: ResultsDeps) {
  const { strapi, candidates, fallback, rules, resultRules, distinct, colours } = deps;

  /** What the wanted colour does: it leaves out other pictures, or lifts those that have it. */
  async function colourOf({ color, colorWeight: weight }: SimilarParams): Promise<Pick<Scope, 'coloured' | 'tint'>> {
    if (color === undefined) return {};
    const wanted = colourOfHex(color);
    if (weight === undefined) return { coloured: await colours().having(wanted) };
    return { tint: { weight, of: await colours().likenessTo(wanted) } };
  }

  async function diverse(
    ranked: Ranked<Candidate>[],
    weight: number,
    { search }: ResolvedQuery,
  ): Promise<Ranked<Candidate>[]> {
    const head = ranked.slice(0, DIVERSE);
    const vectors = await search.vectors(head.map(({ match }) => match.fileId));
    const items = head.map((item) => ({ item, rank: item.rank, vector: vectors.get(item.match.fileId) }));
    return [...diversify(items, weight), ...ranked.slice(DIVERSE)];
  }

  /** What fills the rest: entries that share an attribute with the query item, in a fixed order. */
  async function filling(
    query: ResolvedQuery,
    scope: Scope,
    taken: ReadonlySet<string>,
    missing: number,
    shown: Distinct | undefined,
  ): Promise<Result[]> {
    const config = readConfig(strapi).fallback[scope.target.uid];
    const { queryItem } = query;
    // Whatever has the wanted colour looks a little alike, and was found.
    if (!config || scope.coloured || !queryItem?.type || queryItem.uid !== scope.target.uid) return [];
    const filled: Array<{ documentId: string }> = [];
    const seen = new Set(taken);
    while (filled.length < missing) {
      const found = await fallback.find(queryItem, config, scope, seen, missing - filled.length);
      if (found.length === 0) break;
      for (const documentId of found) seen.add(documentId);
      const items = (await withoutExcluded(found, query, scope)).map((documentId) => ({ documentId }));
      filled.push(...(shown ? await shown.accept(items) : items));
    }
    return filled.map(({ documentId }) => ({ documentId, source: 'fallback' }));
  }

  /** Without entries that hold a picture which is left out. */
  async function withoutExcluded(documentIds: string[], { excluded }: ResolvedQuery, scope: Scope): Promise<string[]> {
    if (excluded.pictures.size === 0) return documentIds;
    const entries = await candidates.within(scope, { documentId: { $in: documentIds } });
    const barred = entries.filter(({ pictures }) => pictures.some((id) => excluded.pictures.has(id)));
    const gone = new Set(barred.map(({ documentId }) => documentId));
    return documentIds.filter((documentId) => !gone.has(documentId));
  }

  /** As `candidates.nearest`, without those that count as one with an earlier result. */
  async function nearest(request: SearchRequest, need: number, shown?: Distinct): Promise<Ranked<Candidate>[]> {
    if (!shown) return candidates.nearest(request, need);
    const accepted: Ranked<Candidate>[] = [];
    for (let reach = need * FIRST_FACTOR; ; reach *= GROWTH) {
      // What is in a group that is shown is not fetched again: a group may be half of the library.
      const own = shown.filters();
      const rest = {
        ...request,
        ...(own && { filters: allOf(request.filters, own) }),
        filter: (item: Candidate) => shown.isNew(item) && request.filter(item),
      };
      // Only so many are in their final order.
      const ranked = (await candidates.nearest(rest, reach)).slice(0, reach);
      const items = ranked.map((entry) => ({ ...entry, documentId: entry.item.documentId }));
      accepted.push(...(await shown.accept(items)));
      if (accepted.length >= need || ranked.length < reach) return accepted;
    }
  }

  async function pinned(decisions: StoredRule[], request: SearchRequest): Promise<Array<Result & { place: number }>> {
    const pins = decisions.filter((rule): rule is Pin & StoredRule => rule.kind === 'pin');
    if (pins.length === 0) return [];
    const targets = { documentId: { $in: pins.map(({ target }) => target) } };
    const items = (await candidates.within(request, targets)).filter(request.filter);
    const ranked = await candidates.rankAll({ ...request, isSimilarEnough: () => true, least: undefined }, items);
    const matches = new Map(ranked.map(({ item, match }) => [item.documentId, match]));
    const there = new Set(items.map(({ documentId }) => documentId));
    return pins
      .filter(({ target }) => there.has(target))
      .map(({ target, place }) => ({ documentId: target, place, source: 'pinned', match: matches.get(target) }));
  }

  return {
    /**
     * @param heeds the rules that apply; absent: all.
     * @returns the first `need` results: fewer only when there are not more.
     */
    async first(
      need: number,
      query: ResolvedQuery,
      params: SimilarParams,
      access: Access,
      heeds: (rule: StoredRule) => boolean = () => true,
    ): Promise<Result[]> {
      const { search, queries, queryItem, target, excluded } = query;
      const { ranking, thresholds } = readConfig(strapi);
      const least = params.least ?? (params.likeness && thresholds[THRESHOLD[params.likeness]]);
      const measuring = queries.some(({ isWords }) => isWords) ? search.wordScale() : search.scoreScale();
      // Awaited where scores are needed; until then the search itself may have failed.
      measuring.catch(() => {});
      const [concerning, filters, { coloured, tint }] = await Promise.all([
        rules.concerning(typeOf(target), queryItem?.documentId),
        access.filters(target.uid, params.filters),
        colourOf(params),
      ]);
      const decisions = concerning.filter(heeds);
      const hidden = new Set(
        decisions.filter((rule): rule is Hide & StoredRule => rule.kind === 'hide').map((r) => r.target),
      );
      const boost = boostOf(ranking.boost[target.uid]);
      const unruled = { target, access, locale: params.locale, filters, coloured, boost, tint };
      const own = await resultRules.of(unruled, queryItem, params);
      const scope = own.filters ? { ...unruled, filters: allOf(filters, own.filters) } : unruled;
      const isDistinct = own.groupBy !== undefined || own.collapse;
      const shown = isDistinct ? distinct(scope, own, search, queryItem, thresholds.identical) : undefined;
      const match = params.match ?? ranking.match;
      const request: SearchRequest = {
        ...scope,
        search,
        queries,
        match,
        needsAllPictures: excluded.pictures.size > 0 || (match === 'mean' && queries.length > 1),
        // Entries may contain the query pictures themselves; as files, those are not results.
        exclude: target.uid === FILE && queryItem ? queryItem.pictures : [],
        filter: ({ documentId, pictures }) =>
          !hidden.has(documentId) &&
          !excluded.documentIds.has(documentId) &&
          !pictures.some((id) => excluded.pictures.has(id)),
        isSimilarEnough: params.minScore > 0 ? scoring(await measuring, params.minScore) : () => true,
        least,
      };

      // Editors may pin what the rules leave out.
      const pins = queries.length > 0 ? await pinned(decisions, { ...request, filters }) : [];
      await shown?.accept(pins);
      const taken = new Set(pins.map(({ documentId }) => documentId));
      const reach = params.diversify > 0 ? Math.max(need, DIVERSE) : need;
      const unpinned = { ...request, filter: (item: Candidate) => !taken.has(item.documentId) && request.filter(item) };
      let ranked = queries.length > 0 ? await nearest(unpinned, reach, shown) : [];
      if (params.diversify > 0) ranked = await diverse(ranked, params.diversify, query);

      const results: Result[] = ranked
        .slice(0, need)
        .map(({ item, match }) => ({ documentId: item.documentId, source: 'visual', match }));
      for (const { place, ...pin } of pins) results.splice(place - 1, 0, pin);
      if (results.length < need) {
        const not = new Set([...results.map(({ documentId }) => documentId), ...hidden, ...excluded.documentIds]);
        results.push(...(await filling(query, scope, not, need - results.length, shown)));
      }
      const scale = await measuring;
      return results.slice(0, need).map((result) => ({
        ...result,
        score: result.match && scale.scoreOf(result.match.similarity),
        ...(own.groupBy && { countOthers: () => shown?.countOthers(result.documentId) }),
      }));
    },

    /** The same results with what people are shown of their likeness: the cosine of the model, and whether it is one photo. */
    async withSimilarity(results: Result[], { search, queries }: ResolvedQuery): Promise<Result[]> {
      const matches = results.flatMap(({ match }) => match ?? []);
      const similarities = await search.similarities(queries, matches);
      const verdicts = await search.verdicts(queries, matches, similarities);
      const places = new Map(matches.map((match, at) => [match, at]));
      return results.map((result) => {
        const at = result.match && places.get(result.match);
        return at === undefined ? result : { ...result, similarity: similarities[at], verdict: verdicts[at] };
      });
    },

    /** The same results with how many others there are in their groups. */
    withOthers: (results: Result[]): Promise<Result[]> =>
      Promise.all(results.map(async (result) => ({ ...result, others: await result.countOthers?.() }))),
  };
}

export type Results = ReturnType<typeof createResults>;

const scoring = (scale: ScoreScale, least: number) => (similarity: number) => (scale.scoreOf(similarity) ?? 0) >= least;
