import { z } from 'zod';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import type { SimilarPagination } from '../../../plugin/contracts/similar';
import { expected } from '../../../plugin/errors';
import { integer } from './zod-integer';
import { zodProblem } from './zod-issue';

/** Deeper pages cost more the deeper they are, and nobody looks at them. */
const MAX_DEPTH = 10_000;

export interface SimilarParams {
  locale?: string;
  fields?: unknown;
  populate?: unknown;
  start: number;
  limit: number;
  /** The answer's pagination in the form it was asked in. */
  pagination(hasMore: boolean): SimilarPagination;
}

const LOCALE = 'Expected a locale such as en or pt-BR';

function schemaFor({ maxLimit }: SimilarConfig['api']) {
  const size = integer(1, maxLimit);
  return z.strictObject({
    locale: z
      .string({ error: LOCALE })
      .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$/, { error: LOCALE })
      .optional(),
    fields: z.unknown().optional(),
    populate: z.unknown().optional(),
    pagination: z
      .strictObject({ page: integer(1, MAX_DEPTH), pageSize: size, start: integer(0, MAX_DEPTH), limit: size })
      .optional(),
  });
}

/**
 * Reads the query of `GET /api/similar/:id`.
 * @throws SimilarError `INVALID_PARAMETER` naming the parameter.
 */
export function readQuery(query: unknown, api: SimilarConfig['api']): SimilarParams {
  const parsed = schemaFor(api).safeParse(query);
  if (!parsed.success) throw zodProblem(parsed.error, query, 'INVALID_PARAMETER', 'query');
  const { locale, fields, populate, pagination = {} } = parsed.data;
  const { page, pageSize, start, limit } = pagination;
  const byPage = page !== undefined || pageSize !== undefined;
  if (byPage && (start !== undefined || limit !== undefined)) {
    throw expected('either page and pageSize or start and limit', 'pagination', Object.keys(pagination).join(', '));
  }
  const common = { locale, fields, populate };
  const size = Math.min(api.defaultLimit, api.maxLimit);
  if (start !== undefined || limit !== undefined) {
    const window = { start: start ?? 0, limit: limit ?? size };
    return { ...common, ...window, pagination: (hasMore) => ({ ...window, hasMore }) };
  }
  const paged = { page: page ?? 1, pageSize: pageSize ?? size };
  const first = (paged.page - 1) * paged.pageSize;
  if (first > MAX_DEPTH) throw expected(`a page within the first ${MAX_DEPTH} results`, 'pagination[page]', paged.page);
  return { ...common, start: first, limit: paged.pageSize, pagination: (hasMore) => ({ ...paged, hasMore }) };
}
