import type { Core } from '@strapi/strapi';
import type { Usage } from '../../../plugin/contracts/admin';
import type { FileId } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import type { AdminAccess } from '../access/admin';
import { FILE } from '../access/content-api';
import { allOf } from '../util/all-of';
import { inState, labelOf, mainFieldOf, placeOf } from '../util/models';
import type { DefaultLocale } from './default-locale';
import { filesOf, type PictureRelations } from './picture-relations';

interface Named {
  id: number;
  documentId: string;
  locale?: string | null;
  label: string;
}

/** Usages of a picture that are named: nobody reads thousands. */
const FIRST = 10;

export interface Usages {
  count: number;
  first: Usage[];
  /** No media field holds it, whoever may read it. */
  unused: boolean;
}

export interface TitlesDeps {
  strapi: Core.Strapi;
  defaultLocale: DefaultLocale;
  relations: PictureRelations;
}

/** How entries and files are called, as far as an administrator may read them. */
export function createTitles({ strapi, defaultLocale, relations }: TitlesDeps) {
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
    for (const chunk of chunks(values)) found.push(...(await read(uid, { [key]: { $in: chunk }, ...own }, access)));
    return found;
  }

  /** As `of`, each with where it is edited, in the locale of its title. */
  async function named(uid: string, documentIds: readonly string[], access: AdminAccess, locale?: string) {
    // Nor is there anything to read of a type that is gone.
    if (!(await access.can(uid))) return new Map<string, Usage>();
    const drafts = inState(strapi, uid, 'draft');
    const found = await readChunks(uid, 'documentId', [...new Set(documentIds)], drafts, access);
    const first = await defaultLocale.of(uid);
    const rank = (one: Named) => [first, locale].indexOf(one.locale ?? undefined);
    const type = uid === FILE ? 'file' : uid;
    const usages = found
      .sort((a, b) => rank(a) - rank(b))
      .map(({ documentId, label, locale: own }): [string, Usage] => {
        return [documentId, { type, documentId, ...placeOf(strapi, uid, own), label }];
      });
    // The last one stays.
    return new Map(usages);
  }

  return {
    /**
     * By documentId; those that are gone or may not be read are missing.
     * @param locale the one whose titles are wanted; where an entry has none in it, that of the default locale or any other.
     */
    async of(uid: string, documentIds: readonly string[], access: AdminAccess, locale?: string) {
      const found = await named(uid, documentIds, access, locale);
      return new Map([...found].map(([documentId, { label }]) => [documentId, label]));
    },

    named,

    /** Those of these pictures that entries of a type hold, as far as the administrator may read these. */
    async usedIn(uid: string, ids: readonly FileId[], access: AdminAccess): Promise<FileId[]> {
      const rows = (await relations.owners(ids)).get(uid) ?? new Map<number, FileId[]>();
      const seen = await readable(uid, [...rows.keys()], access);
      return [...new Set([...rows].flatMap(([rowId, files]) => (seen.has(rowId) ? files : [])))];
    },

    /** Uids of the types whose entries hold each of these pictures, as far as the administrator may read these. */
    async usedBy(ids: readonly FileId[], access: AdminAccess): Promise<Map<FileId, Set<string>>> {
      const found = new Map<FileId, Set<string>>();
      for (const [uid, rows] of await relations.owners(ids)) {
        const seen = await readable(uid, [...rows.keys()], access);
        for (const [rowId, files] of rows) {
          if (!seen.has(rowId)) continue;
          for (const id of files) found.set(id, (found.get(id) ?? new Set()).add(uid));
        }
      }
      return found;
    },

    /**
     * Where each of these pictures is used: in how many documents that the administrator may see, and the first ten of them. Others are
     * not told of.
     */
    async usages(ids: readonly FileId[], access: AdminAccess): Promise<Map<FileId, Usages>> {
      const owners = await relations.owners(ids);
      const found = new Map<FileId, Usages>(ids.map((id) => [id, { count: 0, first: [], unused: true }]));
      const held = filesOf(owners);
      for (const [id, usages] of found) usages.unused = !held.has(id);
      for (const [type, rows] of owners) {
        const documents = await readable(type, [...rows.keys()], access);
        const firsts = new Map<FileId, Map<string, number>>();
        for (const [rowId, fileIds] of rows) {
          const documentId = documents.get(rowId);
          if (!documentId) continue;
          for (const fileId of fileIds) {
            const known = firsts.get(fileId) ?? new Map<string, number>();
            if (!known.has(documentId)) firsts.set(fileId, known.set(documentId, rowId));
          }
        }
        const shown = new Map([...firsts].map(([fileId, known]) => [fileId, [...known.values()].slice(0, FIRST)]));
        const named = await readChunks(type, 'id', [...new Set([...shown.values()].flat())], {}, access);
        const usageOf = new Map(
          named.map(({ id, documentId, locale, label }) => {
            return [id, { type, documentId, ...placeOf(strapi, type, locale), label }];
          }),
        );
        for (const [fileId, rowIds] of shown) {
          const usages = found.get(fileId) as Usages;
          usages.count += firsts.get(fileId)?.size ?? 0;
          usages.first = [...usages.first, ...rowIds.flatMap((id) => usageOf.get(id) ?? [])].slice(0, FIRST);
        }
      }
      return found;
    },
  };

  /** DocumentIds of those of these rows that the administrator may read: nothing else of them is. */
  async function readable(uid: string, rowIds: number[], access: AdminAccess): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    if (!(await access.can(uid))) return found;
    const conditions = await access.filters(uid, undefined);
    for (const chunk of chunks(rowIds)) {
      const filters = allOf({ id: { $in: chunk } }, conditions);
      const { where } = strapi.get('query-params').transform(uid, { filters });
      const rows = await strapi.db.query(uid).findMany({ where, select: ['id', 'documentId'] });
      for (const { id, documentId } of rows) found.set(id, documentId);
    }
    return found;
  }
}

export type Titles = ReturnType<typeof createTitles>;
