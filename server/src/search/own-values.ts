import type { Core } from '@strapi/strapi';
import { allOf } from '../util/all-of';
import { documents } from '../util/documents';
import { modelOf } from '../util/models';
import type { Scope } from './candidates';
import type { QueryItem } from './query-item';

/** What an entry has in an attribute: a value, or the documentIds of what it is related to. */
export type OwnValue = { is: 'value'; value: unknown } | { is: 'related'; documentIds: string[] };

/** Reads attributes of entries: of the queried one, to compare others with it, and of those by which results are grouped. */
export function createOwnValues({ strapi }: { strapi: Core.Strapi }) {
  const isRelation = (uid: string, name: string) => modelOf(strapi, uid).attributes[name]?.type === 'relation';

  /** What has to be read of entries for `valueAt`. */
  function reading(uid: string, names: readonly string[]) {
    const relations = names.filter((name) => isRelation(uid, name));
    return {
      fields: ['documentId', ...names.filter((name) => !isRelation(uid, name))],
      ...(relations.length > 0 && {
        populate: Object.fromEntries(relations.map((name) => [name, { fields: ['documentId'] }])),
      }),
    };
  }

  /** Undefined where the entry has nothing there. */
  function valueAt(uid: string, row: Record<string, unknown>, name: string): OwnValue | undefined {
    const value = row[name];
    if (value === null || value === undefined) return undefined;
    if (!isRelation(uid, name)) return { is: 'value', value };
    const documentIds = ([value].flat() as Array<{ documentId: string }>).map(({ documentId }) => documentId);
    return documentIds.length > 0 ? { is: 'related', documentIds } : undefined;
  }

  return {
    reading,
    valueAt,

    /** Of the queried entry; what it has nothing in is missing. */
    async ofQueryItem(
      { uid, documentId }: QueryItem,
      names: readonly string[],
      { access, locale, target }: Scope,
    ): Promise<Map<string, OwnValue>> {
      const found = new Map<string, OwnValue>();
      if (names.length === 0) return found;
      const conditions = await access.filters(uid, undefined);
      const row = await documents(strapi, uid).findFirst({
        filters: allOf({ documentId }, conditions),
        ...(target.type && { status: access.status, ...(locale && { locale }) }),
        ...reading(uid, names),
      });
      for (const name of row ? names : []) {
        const value = valueAt(uid, row as Record<string, unknown>, name);
        if (value) found.set(name, value);
      }
      return found;
    },
  };
}

export type OwnValues = ReturnType<typeof createOwnValues>;

/** Filters that entries pass which have the same there: of a relation, any of the same. */
export const sameAs = (name: string, own: OwnValue): object =>
  own.is === 'value' ? { [name]: { $eq: own.value } } : { [name]: { documentId: { $in: own.documentIds } } };
