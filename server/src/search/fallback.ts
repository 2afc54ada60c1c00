import type { Core } from '@strapi/strapi';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import { allOf } from '../util/all-of';
import type { Scope } from './candidates';
import type { QueryItem } from './query-item';

type FallbackConfig = SimilarConfig['fallback'][string];

/** Entries that are shown if too few are similar: of the same category, say, the newest first. */
export function createFallback({ strapi }: { strapi: Core.Strapi }) {
  const attributesOf = (uid: string) =>
    (strapi.getModel(uid as never) as unknown as { attributes: Record<string, { type: string }> }).attributes;

  /** The queried entry's own value of the attribute, as a filter; undefined when it has none. */
  async function sameAs(subject: QueryItem, attribute: string, { access, locale }: Scope): Promise<object | undefined> {
    const conditions = await access.filters(subject.uid, undefined);
    const isRelation = attributesOf(subject.uid)[attribute]?.type === 'relation';
    const entry = (await strapi.documents(subject.uid as never).findFirst({
      filters: allOf({ documentId: subject.documentId }, conditions),
      status: access.status,
      ...(locale && { locale }),
      ...(isRelation ? { populate: { [attribute]: { fields: ['documentId'] } } } : { fields: [attribute] }),
    } as never)) as Record<string, unknown> | null;
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
      subject: QueryItem,
      { same, sort }: FallbackConfig,
      scope: Scope,
      taken: ReadonlySet<string>,
      missing: number,
    ): Promise<string[]> {
      const alike = same === undefined ? {} : await sameAs(subject, same, scope);
      if (!alike) return [];
      const { access, locale, filters } = scope;
      const rows = (await strapi.documents(subject.uid as never).findMany({
        filters: allOf(alike, { documentId: { $notIn: [...taken] } }, filters),
        status: access.status,
        ...(locale && { locale }),
        fields: ['documentId'],
        sort: [sort, 'id:asc'],
        limit: missing,
      } as never)) as Array<{ documentId: string }>;
      return rows.map(({ documentId }) => documentId);
    },
  };
}

export type Fallback = ReturnType<typeof createFallback>;
