import type { Core } from '@strapi/strapi';
import type { AdminItem, AdminPicture, PictureTypeInfo } from '../../../plugin/contracts/admin';
import { matchedPictures } from '../../../plugin/search/neighbours';
import type { AdminAccess } from '../access/admin';
import { documents } from '../util/documents';
import { isLocalized } from '../util/locales';
import { hasDrafts, labelOf, mainFieldOf, modelOf, placeOf } from '../util/models';
import { rounded } from '../util/rounded';
import type { AdminFiles } from './admin-files';
import { type FileRow, pictureOf } from './admin-files';
import { type Target, typeOf } from './candidates';
import type { ContentTypes } from './content-types';
import { filesOf, type PictureType, populateOf } from './content-types';
import type { Result } from './results';
import { seenEntries } from './seen-entries';

export interface AdminItemsDeps {
  strapi: Core.Strapi;
  adminFiles: AdminFiles;
  contentTypes: ContentTypes;
}

/** Found items as the admin shows them: with a title and a picture, and nothing that the administrator may not see. */
export function createAdminItems({ strapi, adminFiles, contentTypes }: AdminItemsDeps) {
  /** The default language first. */
  async function localesOf(uid: string): Promise<PictureTypeInfo['locales']> {
    if (!isLocalized(strapi, uid)) return [];
    const service = strapi.plugin('i18n').service('locales');
    const [all, first] = await Promise.all([service.find(), service.getDefaultLocale()]);
    const locales: PictureTypeInfo['locales'] = all.map(({ code, name }: { code: string; name: string }) => ({
      code,
      name,
    }));
    return locales.sort((a, b) => Number(b.code === first) - Number(a.code === first));
  }

  /** What may be read of these entries, with the pictures that the content manager would show in them. */
  async function readEntries(type: PictureType, documentIds: string[], access: AdminAccess, locale?: string) {
    const { uid } = type;
    const mainField = await mainFieldOf(strapi, uid);
    const own = { documentId: { $in: documentIds } };
    const draft = {
      ...{ filters: own, locale },
      fields: [...new Set(['documentId', 'locale', mainField])],
      populate: populateOf(type, true),
    };
    const live = { filters: own, ...(locale && { locale }), status: 'published', fields: ['documentId'] };
    const drafts = hasDrafts(strapi, uid);
    const [entries, published] = await Promise.all([
      seenEntries(strapi, uid, draft, access),
      drafts ? documents(strapi, uid).findMany(live) : [],
    ]);
    const isLive = new Set(published.map(({ documentId }) => documentId));
    return new Map(
      entries.map(({ row: { id, documentId, locale }, shown }) => {
        const row = { ...shown, id, documentId };
        const about = {
          id,
          ...placeOf(strapi, uid, locale),
          label: labelOf(row, mainField),
          ...(drafts && { published: isLive.has(documentId) }),
        };
        return [documentId, { about, pictures: filesOf<FileRow>(type, row).map(pictureOf) }];
      }),
    );
  }

  return {
    /** The types that may be shown to this administrator. */
    async types(access: AdminAccess): Promise<PictureTypeInfo[]> {
      const all = [...contentTypes.all().values()];
      const allowed = await Promise.all(all.map(({ uid }) => access.can(uid)));
      return Promise.all(
        all
          .filter((_, at) => allowed[at])
          .map(async ({ uid, paths, relate }) => ({
            ...{ uid, name: modelOf(strapi, uid).info.displayName, kind: modelOf(strapi, uid).kind, paths },
            mainField: await mainFieldOf(strapi, uid),
            ...(relate && access.mayWrite(uid, relate) && { relate }),
            locales: await localesOf(uid),
          })),
      );
    },

    /** Files as the media library would show them; of entries the pictures that the content manager would show in them. */
    async show(target: Target, results: Result[], access: AdminAccess, locale?: string): Promise<AdminItem[]> {
      if (results.length === 0) return [];
      const matched = results.flatMap(({ match }) => (match ? matchedPictures(match) : []));
      const documentIds = results.map(({ documentId }) => documentId);
      const [known, entries] = await Promise.all([
        adminFiles.pictures(matched, access),
        target.type ? readEntries(target.type, documentIds, access, locale) : undefined,
      ]);
      return results.flatMap(({ documentId, source, match, similarity, verdict, score, others }): AdminItem[] => {
        const entry = entries?.get(documentId);
        const file = match && known.get(match.fileId);
        if (entries ? !entry : !file) return [];
        const shown = entry?.pictures.find(({ id }) => id === match?.fileId);
        return [
          {
            type: typeOf(target),
            documentId,
            source,
            similarity: rounded(similarity, 3),
            score: rounded(score, 4),
            ...(verdict && { verdict }),
            ...(others !== undefined && { group: { others } }),
            ...(entry?.about ?? { label: (file as AdminPicture).name }),
            picture: file ?? shown ?? entry?.pictures[0] ?? null,
            query: (match?.queryFileId && known.get(match.queryFileId)) || null,
          },
        ];
      });
    },
  };
}

export type AdminItems = ReturnType<typeof createAdminItems>;
