import type { Core } from '@strapi/strapi';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import { allOf } from '../util/all-of';
import { documents } from '../util/documents';
import { modelOf } from '../util/models';
import type { Scope } from './candidates';
import type { QueryItem } from './query-item';

type FallbackConfig = SimilarConfig['fallback'][string];

/** Entries that are shown if too few are similar: of the same category, say, the newest first. */
export function createFallback({ strapi }: { strapi: Core.Strapi }) {
  /** The queried entry's own value of the attribute, as a filter; undefined when it has none. */
  async function sameAs(
    queryItem: QueryItem,
    attribute: string,
    { access, locale }: Scope,
  ): Promise<object | undefined> {
    const conditions = await access.filters(queryItem.uid, undefined);
    const isRelation = modelOf(strapi, queryItem.uid).attributes[attribute]?.type === 'relation';
    const entry = await documents(strapi, queryItem.uid).findFirst({
      filters: allOf({ documentId: queryItem.documentId }, conditions),
      status: access.status,
      ...(locale && { locale }),
      ...(isRelation ? { populate: { [attribute]: { fields: ['documentId'] } } } : { fields: [attribute] }),
    });
    const value = entry?.[attribute];
    if (value === null || value === undefined) return undefined;
    if (!isRelation) return { [attribute]: { $eq: value } };
    const related = (Array.isArray(value) ? value : [value]) as Array<{ documentId: string }>;
    if (related.length === 0) return undefined;
    return { [attribute]: { documentId: { $in: related.map(({ documentId }) => documentId) } } };
  }

  return {
    /** @returns documentIds, at most `missing`. */
    async find(
      queryItem: QueryItem,
      { same, sort }: FallbackConfig,
      scope: Scope,
      taken: ReadonlySet<string>,
      missing: number,
    ): Promise<string[]> {
      const alike = same === undefined ? {} : await sameAs(queryItem, same, scope);
      if (!alike) return [];
      const { access, locale, filters } = scope;
      const rows = await documents(strapi, queryItem.uid).findMany({
        filters: allOf(alike, { documentId: { $notIn: [...taken] } }, filters),
        status: access.status,
        ...(locale && { locale }),
        fields: ['documentId'],
        sort: [sort, 'id:asc'],
        limit: missing,
      });
      return rows.map(({ documentId }) => documentId);
    },
  };
}

export type Fallback = ReturnType<typeof createFallback>;
