import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import { inFolder } from './in-folder';
import type { Titles } from './titles';

/** Both at once: a picture has to be in the folder and used in the type. */
export interface Scope {
  /** Id of a folder of the media library: its pictures, and those of the folders in it. */
  folder?: number;
  /** Uid of a content type: pictures that its entries use. */
  usedIn?: string;
}

export interface GroupScopeDeps {
  strapi: Core.Strapi;
  titles: Pick<Titles, 'usedIn'>;
}

/** Which pictures an editor is concerned with just now. */
export function createGroupScope({ strapi, titles }: GroupScopeDeps) {
  const idsOf = async (where: object): Promise<FileId[]> =>
    (await strapi.db.query(FILE).findMany({ select: ['id'], where })).map(({ id }) => Number(id));

  return {
    /** @returns undefined where all are. @throws SimilarError `NOT_FOUND` or `FORBIDDEN` */
    async of(
      { folder, usedIn }: Scope,
      pictures: Iterable<FileId>,
      access: AdminAccess,
    ): Promise<ReadonlySet<FileId> | undefined> {
      if (folder === undefined && usedIn === undefined) return undefined;
      const within = folder === undefined ? undefined : await inFolder(strapi, folder);
      if (usedIn !== undefined && !strapi.contentTypes[usedIn as never]) {
        throw new SimilarError('NOT_FOUND', `There is no content type ${usedIn}`, { usedIn });
      }
      if (usedIn !== undefined && !(await access.can(usedIn))) throw forbidden(access, usedIn);
      const found = new Set<FileId>();
      for (const chunk of chunks([...pictures])) {
        const inside = within ? await idsOf({ id: { $in: chunk }, ...within }) : chunk;
        const wanted = usedIn === undefined ? inside : await titles.usedIn(usedIn, inside, access);
        for (const id of wanted) found.add(id);
      }
      return found;
    },
  };
}

export type GroupScope = ReturnType<typeof createGroupScope>;
