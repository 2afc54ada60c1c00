import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';

/**
 * Strapi's checks let things through that cannot be made a condition of: `[$between]=1`, and attributes that are not there.
 * @throws SimilarError `INVALID_PARAMETER`
 */
export function compileFilters(strapi: Core.Strapi, uid: string, filters: object): void {
  try {
    const query = strapi.get('query-params').transform(uid as never, { filters } as never);
    strapi.db.queryBuilder(uid).init(query).getKnexQuery().toSQL();
  } catch (error) {
    const { message } = error as Error;
    throw new SimilarError('INVALID_PARAMETER', `filters cannot be applied: ${message}`, { name: 'filters' });
  }
}
