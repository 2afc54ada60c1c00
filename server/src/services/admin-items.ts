import type { Core } from '@strapi/strapi';
import type { AdminItem, AdminPicture, PictureTypeInfo, Usage } from '../../../plugin/contracts/admin';
import type { FileId } from '../../../plugin/ports';
import { OUTSIDE } from '../../../plugin/search/neighbours';
import type { AdminReader } from '../util/admin-reader';
import { getService } from '../util/get-service';
import { FILE, type Reader } from '../util/reader';
import type { Target } from './candidates';
import { filesOf, populateOf } from './content-types';
import type { Result } from './results';

interface FileRow {
  id: FileId;
  documentId: string;
  name: string;
  url: string;
  alternativeText?: string | null;
  formats?: { thumbnail?: { url: string } } | null;
}

type Row = Record<string, unknown> & { id: number; documentId: string; locale?: string | null };

interface Model {
  kind: PictureTypeInfo['kind'];
  info: { displayName: string };
  options?: { draftAndPublish?: boolean };
  pluginOptions?: { i18n?: { localized?: boolean } };
}

/** Found items as the admin shows them: with a title and a picture, and nothing that the administrator may not see. */
const adminItemsService = ({ strapi }: { strapi: Core.Strapi }) => {
  const modelOf = (uid: string) => strapi.getModel(uid as never) as unknown as Model;

  async function mainFieldOf(uid: string): Promise<string> {
    const contentTypes = strapi.plugin('content-manager').service('content-types');
    const { settings } = await contentTypes.findConfiguration({ uid });
    return settings?.mainField ?? 'documentId';
  }

  const placeOf = (uid: string, locale: unknown) => ({
    ...(typeof locale === 'string' && { locale }),
    ...(modelOf(uid).kind === 'singleType' && { single: true }),
  });

  /** The default language first. */
  async function localesOf(uid: string): Promise<PictureTypeInfo['locales']> {
    if (!modelOf(uid).pluginOptions?.i18n?.localized) return [];
    const service = strapi.plugin('i18n').service('locales');
    const [all, first] = await Promise.all([service.find(), service.getDefaultLocale()]);
    const locales: PictureTypeInfo['locales'] = all.map(({ code, name }: { code: string; name: string }) => ({
      code,
      name,
    }));
    return locales.sort((a, b) => Number(b.code === first) - Number(a.code === first));
  }

  const labelOf = (row: Row, mainField: string) => String(row[mainField] ?? row.documentId);

  async function signed(files: FileRow[]): Promise<AdminPicture[]> {
    const rows = await Promise.all(files.map((file) => strapi.plugin('upload').service('file').signFileUrls(file)));
    return rows.map(({ id, documentId, name, url, formats, alternativeText }: FileRow) => ({
      ...{ id, documentId, name, url },
      thumbnail: formats?.thumbnail?.url ?? url,
      ...(alternativeText && { alternativeText }),
    }));
  }

  async function pictures(ids: readonly FileId[]): Promise<Map<FileId, AdminPicture>> {
    if (ids.length === 0) return new Map();
    const rows: FileRow[] = await strapi.db.query(FILE).findMany({ where: { id: { $in: [...new Set(ids)] } } });
    return new Map((await signed(rows)).map((picture) => [picture.id, picture]));
  }

  async function readEntries({ uid, type }: Target, documentIds: string[], reader: Reader, locale?: string) {
    const mainField = await mainFieldOf(uid);
    const own = { filters: { documentId: { $in: documentIds } }, ...(locale && { locale }) };
    // Roles may be limited to locales: without it the row would count as one of a forbidden locale.
    const fields = [...new Set(['documentId', 'locale', mainField])];
    const documents = strapi.documents(uid as never);
    const populate = type && populateOf(type, true);
    const draft = { ...own, status: reader.status, fields, populate } as never;
    const hasDrafts = modelOf(uid).options?.draftAndPublish ?? false;
    const [rows, live] = (await Promise.all([
      documents.findMany(draft),
      hasDrafts ? documents.findMany({ ...own, status: 'published', fields: ['documentId'] } as never) : [],
    ])) as [Row[], Row[]];
    const published = new Set(live.map(({ documentId }) => documentId));
    const shown = (await reader.sanitize(uid, rows)) as Row[];
    return new Map(
      rows.map(({ id, documentId, locale }, at) => {
        const row = { ...shown[at], id, documentId };
        const [first] = type ? filesOf<FileRow>(type, row) : [];
        const state = hasDrafts && { published: published.has(documentId) };
        return [documentId, { id, ...placeOf(uid, locale), label: labelOf(row, mainField), first, ...state }];
      }),
    );
  }

  return {
    pictures,

    /** The types that may be shown to this administrator. */
    async types(reader: AdminReader): Promise<PictureTypeInfo[]> {
      const all = [...getService(strapi, 'content-types').all().values()];
      const allowed = await Promise.all(all.map(({ uid }) => reader.may(uid)));
      return Promise.all(
        all
          .filter((_, at) => allowed[at])
          .map(async ({ uid, paths, relate }) => ({
            ...{ uid, name: modelOf(uid).info.displayName, kind: modelOf(uid).kind, paths },
            ...(relate && reader.mayWrite(uid, relate) && { relate }),
            locales: await localesOf(uid),
          })),
      );
    },

    async show(target: Target, results: Result[], reader: Reader, locale?: string): Promise<AdminItem[]> {
      if (results.length === 0) return [];
      const matched = results.flatMap(({ match }) => (match ? [match.fileId, match.queryFileId] : []));
      const documentIds = results.map(({ documentId }) => documentId);
      const [known, entries] = await Promise.all([
        pictures(matched.filter((id) => id !== OUTSIDE)),
        target.type ? readEntries(target, documentIds, reader, locale) : undefined,
      ]);
      return results.flatMap(({ documentId, source, match, similarity, score }): AdminItem[] => {
        const entry = entries?.get(documentId);
        const picture = match && known.get(match.fileId);
        if (entries ? !entry : !picture) return [];
        const { first, ...about } = entry ?? { label: (picture as AdminPicture).name, first: undefined };
        return [
          {
            type: target.type ? target.uid : 'file',
            documentId,
            source,
            similarity: similarity === undefined ? null : Math.round(similarity * 1_000) / 1_000,
            score: score === undefined ? null : Math.round(score * 10_000) / 10_000,
            ...about,
            picture:
              picture ??
              (first ? ({ ...first, thumbnail: first.formats?.thumbnail?.url ?? first.url } as AdminPicture) : null),
            asked: (match && known.get(match.queryFileId)) ?? null,
          },
        ];
      });
    },

    /** Titles of entries and files, by documentId; those that are gone or may not be read are missing. */
    async labels(target: Target, documentIds: string[], reader: Reader): Promise<Map<string, string>> {
      if (documentIds.length === 0 || !(await reader.may(target.uid))) return new Map();
      if (target.type) {
        const entries = await readEntries({ uid: target.uid }, documentIds, reader);
        return new Map([...entries].map(([documentId, { label }]) => [documentId, label]));
      }
      const where = { documentId: { $in: documentIds } };
      const rows: FileRow[] = await strapi.db.query(FILE).findMany({ select: ['documentId', 'name'], where });
      return new Map(rows.map(({ documentId, name }) => [documentId, name]));
    },

    /** Where each of these pictures is used, as far as the administrator may see it. Each document once. */
    async usages(ids: readonly FileId[], reader: Reader): Promise<Map<FileId, Usage[]>> {
      const rows: Array<{ id: FileId; related?: Array<Row & { __type: string }> }> = await strapi.db
        .query(FILE)
        .findMany({ select: ['id'], where: { id: { $in: [...ids] } }, populate: { related: true } });
      const usages = new Map<FileId, Usage[]>();
      for (const { id, related = [] } of rows) {
        const seen = new Map<string, Usage>();
        for (const { __type: type, ...row } of related) {
          if (!type || !row.documentId || seen.has(row.documentId) || !(await reader.may(type))) continue;
          const { documentId, locale } = row;
          const label = labelOf(row, await mainFieldOf(type));
          seen.set(documentId, { type, documentId, ...placeOf(type, locale), label });
        }
        usages.set(id, [...seen.values()]);
      }
      return usages;
    },
  };
};

export default adminItemsService;
