import type { Core } from '@strapi/strapi';
import type { Usage } from '../../../plugin/contracts/admin';
import type { FileId } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import type { AdminAccess } from '../access/admin';
import { FILE } from '../access/content-api';
import { allOf } from '../util/all-of';
import { hasDrafts, labelOf, mainFieldOf, placeOf } from '../util/models';
import type { DefaultLocale } from './default-locale';

interface Named {
  id: number;
  documentId: string;
  locale?: string | null;
  label: string;
}

type Related = { __type: string; id: number; documentId?: string };

export interface TitlesDeps {
  strapi: Core.Strapi;
  defaultLocale: DefaultLocale;
}

/** How entries and files are called, as far as an administrator may read them. */
export function createTitles({ strapi, defaultLocale }: TitlesDeps) {
  /** Of rows in any locale and state: decisions and usages know no language. */
  async function read(uid: string, own: object, access: AdminAccess): Promise<Named[]> {
    if (!(await access.can(uid))) return [];
    const conditions = await access.filters(uid, undefined);
    const { populate } = await access.needs(uid);
    const query = strapi.get('query-params').transform(uid, { filters: allOf(own, conditions), populate });
    const rows: Named[] = await strapi.db.query(uid).findMany({ ...query, orderBy: { id: 'asc' } });
    // The media library has no title of its own choice.
    const mainField = uid === FILE ? 'name' : await mainFieldOf(strapi, uid);
    const shown = await access.sanitize(uid, rows as never);
    return rows.map(({ id, documentId, locale }, at) => {
      return { id, documentId, locale, label: labelOf({ ...shown[at], documentId }, mainField) };
    });
  }

  async function readChunks(
    uid: string,
    key: 'id' | 'documentId',
    values: unknown[],
    own: object,
    access: AdminAccess,
  ) {
    const found: Named[] = [];
    for (const some of chunks(values)) found.push(...(await read(uid, { [key]: { $in: some }, ...own }, access)));
    return found;
  }

  return {
    /**
     * By documentId; those that are gone or may not be read are missing.
     * @param locale the one whose titles are wanted; where an entry has none in it, that of the default locale or any other.
     */
    async of(uid: string, documentIds: readonly string[], access: AdminAccess, locale?: string) {
      const drafts = hasDrafts(strapi, uid) ? { publishedAt: { $null: true } } : {};
      const found = await readChunks(uid, 'documentId', [...new Set(documentIds)], drafts, access);
      const first = await defaultLocale.of(uid);
      const rank = (named: Named) => [first, locale].indexOf(named.locale ?? undefined);
      // The last one stays.
      return new Map(found.sort((a, b) => rank(a) - rank(b)).map(({ documentId, label }) => [documentId, label]));
    },

    /** Where each of these pictures is used, as far as the administrator may see it. Each document once. */
    async usages(ids: readonly FileId[], access: AdminAccess): Promise<Map<FileId, Usage[]>> {
      const files: Array<{ id: FileId; related?: Related[] }> = [];
      for (const some of chunks([...ids])) {
        const query = { select: ['id'], where: { id: { $in: some } }, populate: { related: true } };
        files.push(...(await strapi.db.query(FILE).findMany(query)));
      }
      const byType = new Map<string, Set<number>>();
      for (const { __type: type, id, documentId } of files.flatMap(({ related = [] }) => related)) {
        if (type && documentId) byType.set(type, (byType.get(type) ?? new Set()).add(id));
      }
      const named = new Map<string, Usage>();
      for (const [type, rowIds] of byType) {
        for (const { id, documentId, locale, label } of await readChunks(type, 'id', [...rowIds], {}, access)) {
          named.set(`${type} ${id}`, { type, documentId, ...placeOf(strapi, type, locale), label });
        }
      }
      return new Map(
        files.map(({ id, related = [] }) => {
          const all = related.flatMap((row) => named.get(`${row.__type} ${row.id}`) ?? []);
          const documents = new Map<string, Usage>();
          for (const usage of all) if (!documents.has(usage.documentId)) documents.set(usage.documentId, usage);
          return [id, [...documents.values()]];
        }),
      );
    },
  };
}

export type Titles = ReturnType<typeof createTitles>;
