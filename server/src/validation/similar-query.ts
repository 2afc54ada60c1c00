import { z } from 'zod';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import { MAX_EXAMPLES } from '../../../plugin/contracts/examples';
import type { Likeness } from '../../../plugin/contracts/similar';
import { expected } from '../../../plugin/errors';
import { zodProblem } from './zod-issue';
import {
  attribute,
  attributes,
  colour,
  count,
  flag,
  ids,
  integer,
  itemType,
  locale,
  share,
  spans,
  words,
} from './zod-query';

/** Results that can be reached: pages cost more the deeper they are, and nobody looks at look-alikes so far down. */
const MAX_DEPTH = 1_000;

const MAX_EXCLUDED = 500;

/** Each is another condition of the search. */
const MAX_ATTRIBUTES = 10;

export interface SimilarParams {
  locale?: string;
  status: 'published' | 'draft';
  fields?: unknown;
  populate?: unknown;
  filters?: unknown;
  type?: string;
  minScore: number;
  likeness?: Likeness;
  /** Smallest cosine, where the admin asks, in place of `likeness`. */
  least?: number;
  like: string[];
  unlike: string[];
  exclude: string[];
  /** Words. */
  q?: string;
  /** How much they count beside pictures. */
  wordWeight?: number;
  diversify: number;
  match?: 'best' | 'mean';
  /** As `isHexColour` says. */
  color?: string;
  /** Of the colour in the rank. Without it, the colour is a filter. */
  colorWeight?: number;
  colors?: boolean;
  /** These override what is configured in `results`. */
  same?: string[];
  within?: Record<string, string>;
  groupBy?: string;
  ownGroup?: boolean;
  collapse?: boolean;
  start: number;
  limit: number;
  /** The response's pagination, in the form of the request. */
  pagination: { page: number; pageSize: number } | { start: number; limit: number };
}

const schemas = new Map<string, ReturnType<typeof createSchema>>();

/** Making a schema takes longer than a search. @param strict whether unknown parameters are refused. */
export function schemaFor({ maxLimit }: SimilarConfig['api'], strict = false) {
  const key = `${maxLimit} ${strict}`;
  const known = schemas.get(key) ?? createSchema(maxLimit, strict);
  schemas.set(key, known);
  return known;
}

function createSchema(maxLimit: number, strict: boolean) {
  const object = strict ? z.strictObject : z.object;
  const pagination = object({
    page: integer(1, MAX_DEPTH),
    pageSize: count(maxLimit),
    start: integer(0, MAX_DEPTH),
    limit: count(maxLimit, true),
    // Totals are never counted.
    withCount: z.unknown().optional(),
  });
  return object({
    locale: locale.optional(),
    status: z.enum(['published', 'draft']).default('published'),
    fields: z.unknown().optional(),
    populate: z.unknown().optional(),
    filters: z.record(z.string(), z.unknown()).or(z.array(z.unknown())).optional(),
    type: itemType.optional(),
    minScore: share(),
    likeness: z.enum(['similar', 'near-duplicate', 'identical']).optional(),
    like: ids(MAX_EXAMPLES),
    unlike: ids(MAX_EXAMPLES),
    exclude: ids(MAX_EXCLUDED),
    q: words.optional(),
    wordWeight: share(),
    diversify: share(),
    match: z.enum(['best', 'mean']).optional(),
    color: colour.optional(),
    colorWeight: share(),
    colors: flag(),
    same: attributes(MAX_ATTRIBUTES),
    within: spans(MAX_ATTRIBUTES),
    groupBy: attribute(),
    ownGroup: flag(),
    collapse: flag(),
    pagination: pagination.optional(),
  });
}

type Pages = Pick<SimilarParams, 'start' | 'limit' | 'pagination'>;

function pagesOf(
  pagination: { page?: number; pageSize?: number; start?: number; limit?: number },
  size: number,
): Pages {
  const { page, pageSize, start, limit } = pagination;
  const byPage = page !== undefined || pageSize !== undefined;
  const byWindow = start !== undefined || limit !== undefined;
  if (byPage && byWindow) {
    throw expected('either page and pageSize or start and limit', 'pagination', Object.keys(pagination).join(', '));
  }
  if (byWindow) {
    const window = { start: start ?? 0, limit: limit ?? size };
    const end = window.start + window.limit;
    if (end > MAX_DEPTH) throw expected(`start + limit of at most ${MAX_DEPTH}`, 'pagination', end);
    return { ...window, pagination: window };
  }
  const paged = { page: page ?? 1, pageSize: pageSize ?? size };
  const first = (paged.page - 1) * paged.pageSize;
  if (first + paged.pageSize > MAX_DEPTH) {
    throw expected(`a page within the first ${MAX_DEPTH} results`, 'pagination[page]', paged.page);
  }
  return { start: first, limit: paged.pageSize, pagination: paged };
}

/** @throws SimilarError `INVALID_PARAMETER` */
export function checkColour({ color, colorWeight }: Pick<Partial<SimilarParams>, 'color' | 'colorWeight'>): void {
  if (colorWeight !== undefined && color === undefined) throw expected('a color as well', 'colorWeight', colorWeight);
}

const explainQuery = {
  format: z.enum(['json', 'png']).default('json'),
  locale: z.unknown().optional(),
  status: z.unknown().optional(),
};
export const explainSchema = z.object(explainQuery);
const strictExplainSchema = z.strictObject(explainQuery);

/** @throws SimilarError `INVALID_PARAMETER` naming the parameter. */
export function readExplainQuery(query: unknown, strict = false) {
  const parsed = (strict ? strictExplainSchema : explainSchema).safeParse(query);
  if (!parsed.success) throw zodProblem(parsed.error, query, 'INVALID_PARAMETER', 'query');
  const { format, locale, status } = parsed.data;
  return { format, ...(locale !== undefined && { locale }), ...(status !== undefined && { status }) };
}

/**
 * Reads the query of `GET /api/similar/:id`. Unknown parameters are ignored, and page sizes that are too large are cut, as
 * everywhere in Strapi.
 * @param strict Strapi's `api.rest.strictParams`: unknown parameters are refused.
 * @throws SimilarError `INVALID_PARAMETER` naming the parameter.
 */
export function readQuery(query: unknown, api: SimilarConfig['api'], strict = false): SimilarParams {
  const parsed = schemaFor(api, strict).safeParse(query);
  if (!parsed.success) throw zodProblem(parsed.error, query, 'INVALID_PARAMETER', 'query');
  const { pagination = {}, minScore = 0, diversify = 0, like = [], unlike = [], exclude = [], ...rest } = parsed.data;
  checkColour(rest);
  const pages = pagesOf(pagination, Math.min(api.defaultLimit, api.maxLimit));
  // Whoever names an example knows it already.
  return { ...rest, minScore, diversify, like, unlike, exclude: [...exclude, ...like, ...unlike], ...pages };
}
