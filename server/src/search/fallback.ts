import type { Core } from '@strapi/strapi';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import { allOf } from '../util/all-of';
import { documents } from '../util/documents';
import type { Scope } from './candidates';
import { type OwnValues, sameAs } from './own-values';
import type { QueryItem } from './query-item';

type FallbackConfig = SimilarConfig['fallback'][string];

/** Entries that are shown if too few are similar: of the same category, say, the newest first. */
export function createFallback({ strapi, ownValues }: { strapi: Core.Strapi; ownValues: OwnValues }) {
  return {
    /** @returns documentIds, at most `missing`. */
    async find(
      queryItem: QueryItem,
      { same, sort }: FallbackConfig,
      scope: Scope,
      taken: ReadonlySet<string>,
      missing: number,
    ): Promise<string[]> {
      const own = same === undefined ? undefined : (await ownValues.ofQueryItem(queryItem, [same], scope)).get(same);
      if (same !== undefined && !own) return [];
      const alike = same !== undefined && own ? sameAs(same, own) : {};
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
