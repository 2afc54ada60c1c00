import { z } from 'zod';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import type { Likeness, SimilarPagination } from '../../../plugin/contracts/similar';
import { expected } from '../../../plugin/errors';
import { zodProblem } from './zod-issue';
import { ids, integer, itemType, locale, share } from './zod-query';

/** Deeper pages cost more the deeper they are, and nobody looks at them. */
const MAX_DEPTH = 10_000;

/** More examples do not say more. */
const MAX_EXAMPLES = 50;
const MAX_EXCLUDED = 500;

export interface SimilarParams {
  locale?: string;
  status: 'published' | 'draft';
  fields?: unknown;
  populate?: unknown;
  filters?: unknown;
  type?: string;
  minScore: number;
  likeness?: Likeness;
  like: string[];
  unlike: string[];
  exclude: string[];
  diversify: number;
  match?: 'best' | 'mean';
  start: number;
  limit: number;
  /** The response's pagination, in the form of the request. */
  pagination(hasMore: boolean): SimilarPagination;
}

const schemas = new Map<number, ReturnType<typeof createSchema>>();

/** Making a schema takes longer than a search. */
export function schemaFor({ maxLimit }: SimilarConfig['api']) {
  const known = schemas.get(maxLimit) ?? createSchema(maxLimit);
  schemas.set(maxLimit, known);
  return known;
}

function createSchema(maxLimit: number) {
  const size = integer(1, maxLimit);
  return z.strictObject({
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
    diversify: share(),
    match: z.enum(['best', 'mean']).optional(),
    pagination: z
      .strictObject({ page: integer(1, MAX_DEPTH), pageSize: size, start: integer(0, MAX_DEPTH), limit: size })
      .optional(),
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
    return { ...window, pagination: (hasMore) => ({ ...window, hasMore }) };
  }
  const paged = { page: page ?? 1, pageSize: pageSize ?? size };
  const first = (paged.page - 1) * paged.pageSize;
  if (first > MAX_DEPTH) throw expected(`a page within the first ${MAX_DEPTH} results`, 'pagination[page]', paged.page);
  return { start: first, limit: paged.pageSize, pagination: (hasMore) => ({ ...paged, hasMore }) };
}

export const explainSchema = z.strictObject({
  format: z.enum(['json', 'png']).default('json'),
  locale: z.unknown().optional(),
  status: z.unknown().optional(),
});

/** @throws SimilarError `INVALID_PARAMETER` naming the parameter. */
export function readExplainQuery(query: unknown) {
  const parsed = explainSchema.safeParse(query);
  if (!parsed.success) throw zodProblem(parsed.error, query, 'INVALID_PARAMETER', 'query');
  const { format, locale, status } = parsed.data;
  return { format, ...(locale !== undefined && { locale }), ...(status !== undefined && { status }) };
}

/**
 * Reads the query of `GET /api/similar/:id`.
 * @throws SimilarError `INVALID_PARAMETER` naming the parameter.
 */
export function readQuery(query: unknown, api: SimilarConfig['api']): SimilarParams {
  const parsed = schemaFor(api).safeParse(query);
  if (!parsed.success) throw zodProblem(parsed.error, query, 'INVALID_PARAMETER', 'query');
  const { pagination = {}, minScore = 0, diversify = 0, like = [], unlike = [], exclude = [], ...rest } = parsed.data;
  const pages = pagesOf(pagination, Math.min(api.defaultLimit, api.maxLimit));
  // Whoever names an example knows it already.
  return { ...rest, minScore, diversify, like, unlike, exclude: [...exclude, ...like, ...unlike], ...pages };
}
