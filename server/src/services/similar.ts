import type { ItemsResponse, LikenessLevels } from '../../../plugin/contracts/admin';
import type { StoredRule } from '../../../plugin/contracts/rules';
import type {
  ColourCount,
  SimilarBatchResponse,
  SimilarProblem,
  SimilarResponse,
} from '../../../plugin/contracts/similar';
import { type ErrorCode, SimilarError } from '../../../plugin/errors';
import type { Crop, FileId, Rules } from '../../../plugin/ports';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import type { Access } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import type { AdminItems } from '../search/admin-items';
import { typeOf } from '../search/candidates';
import type { Queries, ResolvedQuery } from '../search/query';
import type { Result, Results } from '../search/results';
import type { SerializeOptions, Serializer } from '../search/serialize';
import type { Titles } from '../search/titles';
import { publicMessage } from '../util/public-message';
import type { SimilarParams } from '../validation/similar-query';

interface Found {
  query: ResolvedQuery;
  page: Result[];
  hasMore: boolean;
  colors?: ColourCount[];
}

type BatchAnswer = SimilarResponse | SimilarProblem;

/** What is wrong with the request as a whole, and not with one id. */
const OF_REQUEST: ReadonlySet<ErrorCode> = new Set(['INVALID_PARAMETER', 'MODEL_WITHOUT_TEXT', 'WORDS_UNREADY']);

/** Results whose colours are counted: nobody looks further, and what is counted is ranked first. */
const COUNTED = 200;

/** Ids of a batch that are worked on at once: their searches go to the index in one message. */
const BATCH_CONCURRENCY = 25;

export interface FindSimilarDeps {
  core: () => Similarity;
  levels: () => LikenessLevels;
  queries: Queries;
  results: Results;
  serializer: Serializer;
  adminItems: AdminItems;
  adminFiles: Pick<AdminFiles, 'rows'>;
  titles: Titles;
  rules: Pick<Rules, 'concerning'>;
}

/** The read path: what is query → results → what the caller may see of them. */
export function createFindSimilar(deps: FindSimilarDeps) {
  const { core, levels, queries, results, serializer, adminItems, adminFiles, titles, rules } = deps;

  async function find(query: ResolvedQuery, params: SimilarParams, access: Access): Promise<Found> {
    const { start, limit } = params;
    // One more than the page shows: is there another page?
    const shown = start + limit + 1;
    const found = await results.first(params.colors ? Math.max(shown, COUNTED) : shown, query, params, access);
    const page = await results.withSimilarity(found.slice(start, start + limit), query);
    const counted = found.slice(0, COUNTED).flatMap(({ match }) => match?.fileId ?? []);
    return {
      query,
      page: await results.withOthers(page),
      hasMore: found.length > start + limit,
      ...(params.colors && { colors: await core().colours.count(counted) }),
    };
  }

  async function optionsOf(
    { target }: ResolvedQuery,
    params: SimilarParams,
    access: Access,
  ): Promise<SerializeOptions> {
    const { locale, fields, populate } = params;
    return { access, locale, selection: await access.selection(target.uid, { fields, populate }) };
  }

  const metaOf = ({ query, hasMore, colors }: Found, params: SimilarParams): SimilarResponse['meta'] => ({
    pagination: { ...params.pagination, hasMore },
    model: query.search.space.model,
    space: query.search.space.id,
    status: query.status,
    ...(query.reason && { reason: query.reason }),
    ...(query.missingExamples.length > 0 && { missingExamples: query.missingExamples }),
    ...(colors && { colors }),
  });

  async function answer(query: ResolvedQuery, params: SimilarParams, access: Access): Promise<SimilarResponse> {
    // Before the search: a wrong parameter shall cost nothing.
    const options = await optionsOf(query, params, access);
    const found = await find(query, params, access);
    const [data] = await serializer.pages(query.target, [found.page], options);
    return { data, meta: metaOf(found, params) };
  }

  /** Per id; those whose results are of one type are read together. */
  async function several(
    ids: string[],
    resolve: (id: string) => Promise<ResolvedQuery>,
    params: SimilarParams,
    access: Access,
  ): Promise<Map<string, SimilarResponse | SimilarError>> {
    const distinct = [...new Set(ids)];
    const found = await eachOf(distinct, async (id) => {
      try {
        return await find(await resolve(id), params, access);
      } catch (error) {
        if (error instanceof SimilarError && !OF_REQUEST.has(error.code) && error.status) return error;
        throw error;
      }
    });
    const answered = found.filter((result): result is Found => !(result instanceof SimilarError));
    const shown = new Map<Found, SimilarResponse['data']>();
    for (const uid of new Set(answered.map(({ query }) => query.target.uid))) {
      const ofType = answered.filter(({ query }) => query.target.uid === uid);
      const options = await optionsOf(ofType[0].query, params, access);
      const pages = ofType.map(({ page }) => page);
      const items = await serializer.pages(ofType[0].query.target, pages, options);
      ofType.forEach((result, at) => {
        shown.set(result, items[at]);
      });
    }
    const answerTo = (result: Found | SimilarError) =>
      result instanceof SimilarError
        ? result
        : { data: shown.get(result) as SimilarResponse['data'], meta: metaOf(result, params) };
    return new Map(distinct.map((id, at) => [id, answerTo(found[at])]));
  }

  /** For the admin: as it shows items, with what is decided about them and what is still missing. */
  async function forAdmin(query: ResolvedQuery, params: SimilarParams, access: AdminAccess): Promise<ItemsResponse> {
    const { target, queryItem, status } = query;
    const pictures = queryItem?.pictures ?? [];

    async function items() {
      const { page, hasMore, colors } = await find(query, params, access);
      return { hasMore, ...(colors && { colors }), items: await adminItems.show(target, page, access, params.locale) };
    }
    async function decided() {
      const found = await thoseThatMatter(await rules.concerning(typeOf(target), queryItem?.documentId));
      const targets = found.map((rule) => rule.target);
      return { decisions: found, labels: await titles.of(target.uid, targets, access, params.locale) };
    }

    /** There may be thousands that are hidden everywhere, and most would not be in this list anyway. */
    async function thoseThatMatter(decided: StoredRule[]): Promise<StoredRule[]> {
      if (!decided.some(isEverywhere)) return decided;
      const need = params.start + params.limit;
      const without = await results.first(need, query, params, access, (rule) => !isEverywhere(rule));
      const listed = new Set(without.map(({ documentId }) => documentId));
      return decided.filter((rule) => !isEverywhere(rule) || listed.has(rule.target));
    }

    async function waiting(): Promise<ItemsResponse['waiting']> {
      const states = await core().itemStatus(pictures);
      const without = states.filter(({ state, hasVector }) => state !== 'ready' && !hasVector);
      if (without.length === 0) return [];
      const files = without.map(({ fileId }) => fileId);
      const names = new Map((await adminFiles.rows(files, access, ['name'])).map(({ id, name }) => [id, name]));
      return without.flatMap(({ fileId, state, reason }) => {
        if (state === 'ready') return [];
        const name = names.get(fileId);
        return [{ id: fileId, state, ...(name && { name }), ...(reason && { reason }) }];
      });
    }

    const [shown, { decisions, labels }, without] = await Promise.all([items(), decided(), waiting()]);
    return {
      ...shown,
      levels: levels(),
      status,
      pictures,
      waiting: without,
      words: core().search.knowsWords,
      rules: decisions.flatMap((rule) => {
        const label = labels.get(rule.target);
        return label === undefined ? [] : [{ ...rule, label }];
      }),
    };
  }

  return {
    /** @throws SimilarError `NOT_FOUND`, `FORBIDDEN`, `INVALID_PARAMETER` or `INDEX_UNAVAILABLE`. */
    async byId(id: string, params: SimilarParams, access: Access): Promise<SimilarResponse> {
      return answer(await queries.byId(id, params, access), params, access);
    },

    async itemsForPictures(
      pictures: FileId[],
      documentId: string | undefined,
      params: SimilarParams,
      access: AdminAccess,
    ) {
      return forAdmin(await queries.byPictures(pictures, documentId, params, access), params, access);
    },

    /** Of a file or an entry. @throws as `byId`. */
    async itemsForId(id: string, params: SimilarParams, access: AdminAccess) {
      return forAdmin(await queries.bySeen(id, params, access), params, access);
    },

    /** Beside an entry as it is stored. */
    async itemsForEntry(documentId: string, params: SimilarParams, access: AdminAccess) {
      return forAdmin(await queries.byStored(documentId, params, access), params, access);
    },

    async itemsForUpload(path: string, crop: Crop | undefined, params: SimilarParams, access: AdminAccess) {
      return forAdmin(await queries.byPath(path, crop, params, access), params, access);
    },

    async itemsForWords(words: string, params: SimilarParams, access: AdminAccess) {
      return forAdmin(await queries.byWords(words, params, access), params, access);
    },

    async byPath(path: string, crop: Crop | undefined, params: SimilarParams, access: Access) {
      return answer(await queries.byPath(path, crop, params, access), params, access);
    },

    /** What words describe. @throws as `byId`, and `MODEL_WITHOUT_TEXT` or `WORDS_UNREADY`. */
    async byWords(words: string, params: SimilarParams, access: Access) {
      return answer(await queries.byWords(words, params, access), params, access);
    },

    /** One answer per id, in their order; an id that cannot be answered does not spoil the others. */
    async batch(ids: string[], params: SimilarParams, access: Access): Promise<SimilarBatchResponse> {
      const answers = await several(ids, (id) => queries.byId(id, params, access), params, access);
      const problemOrAnswer = new Map([...answers].map(([id, found]) => [id, asProblem(found)]));
      return { data: ids.map((id) => ({ id, ...(problemOrAnswer.get(id) as BatchAnswer) })) };
    },

    /** The same for entries of `params.type`; what keeps one from being answered is in its place. */
    async entries(documentIds: string[], params: SimilarParams, access: Access) {
      const answers = await several(documentIds, (id) => queries.byEntry(id, params, access), params, access);
      return documentIds.map((id) => answers.get(id) as SimilarResponse | SimilarError);
    },
  };
}

const isEverywhere = ({ kind, source }: StoredRule) => kind === 'hide' && source === undefined;

function asProblem(answer: SimilarResponse | SimilarError): BatchAnswer {
  if (!(answer instanceof SimilarError)) return answer;
  const { status, code } = answer;
  return { error: { status: status as number, code, message: publicMessage(answer) } };
}

export type FindSimilar = ReturnType<typeof createFindSimilar>;

async function eachOf<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]);
    }
  };
  await Promise.all(Array.from({ length: BATCH_CONCURRENCY }, worker));
  return results;
}
