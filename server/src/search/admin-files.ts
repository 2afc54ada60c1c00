import type { Core } from '@strapi/strapi';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import type { FileId } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import type { AdminAccess } from '../access/admin';
import { FILE } from '../access/content-api';
import { allOf } from '../util/all-of';
import { documents } from '../util/documents';
import type { PictureRefs } from './picture-refs';

export interface FileRow {
  id: FileId;
  documentId: string;
  name: string;
  url: string;
  alternativeText?: string | null;
  caption?: string | null;
  formats?: { thumbnail?: { url: string } } | null;
  size: number;
  width?: number | null;
  height?: number | null;
}

/** Of a file whose addresses are signed where they have to be. */
export const pictureOf = ({ id, documentId, name, url, formats, alternativeText }: FileRow): AdminPicture => ({
  ...{ id, documentId, name, url },
  thumbnail: formats?.thumbnail?.url ?? url,
  ...(alternativeText && { alternativeText }),
});

export interface AdminFilesDeps {
  strapi: Core.Strapi;
  pictureRefs: PictureRefs;
}

/** Files as the media library would show them to an administrator: none that it would not. */
export function createAdminFiles({ strapi, pictureRefs }: AdminFilesDeps) {
  /** @param fields in addition to `id`; absent: all. */
  async function rows(
    ids: Iterable<FileId>,
    access: AdminAccess,
    fields?: ReadonlyArray<keyof FileRow>,
  ): Promise<FileRow[]> {
    const conditions = await access.filters(FILE, undefined);
    const found: FileRow[] = [];
    for (const chunk of chunks([...new Set(ids)])) {
      const query = { filters: allOf({ id: { $in: chunk } }, conditions), ...(fields && { fields }) };
      found.push(...(await documents<FileRow>(strapi, FILE).findMany(query)));
    }
    return found;
  }

  return {
    rows,

    /** Those of these files that the administrator may see, in their order. */
    async visible(ids: readonly FileId[], access: AdminAccess): Promise<FileId[]> {
      const seen = new Set((await rows(ids, access, ['documentId'])).map(({ id }) => id));
      return ids.filter((id) => seen.has(id));
    },

    async pictures(ids: readonly FileId[], access: AdminAccess): Promise<Map<FileId, AdminPicture>> {
      const signed: FileRow[] = await Promise.all(
        (await rows(ids, access)).map((row) => pictureRefs.sign(row as never) as never),
      );
      return new Map(signed.map((row) => [row.id, pictureOf(row)]));
    },
  };
}

export type AdminFiles = ReturnType<typeof createAdminFiles>;
