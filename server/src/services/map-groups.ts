import type { Core } from '@strapi/strapi';
import type { MapGrouping, MapGroupsResponse } from '../../../plugin/contracts/map';
import { type Grouping, packGroups } from '../../../plugin/map/groups';
import type { FileId } from '../../../plugin/ports';
import type { Similarity } from '../../../plugin/similarity';
import { chunksInTurn } from '../../../plugin/store/chunks';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import type { Titles } from '../search/titles';
import { modelOf } from '../util/models';
import type { Duplicates } from './duplicates';

const FOLDER = 'plugin::upload.folder';

export interface MapGroupsDeps {
  strapi: Core.Strapi;
  core: () => Similarity;
  adminFiles: Pick<AdminFiles, 'visible'>;
  titles: Pick<Titles, 'usedBy'>;
  duplicates: Pick<Duplicates, 'verdicts'>;
  /** Cosine from which pictures are duplicates. */
  least: () => number;
}

/** What the pictures on the map are told apart by, as far as an administrator may know it. */
export function createMapGroups({ strapi, core, adminFiles, titles, duplicates, least }: MapGroupsDeps) {
  async function byType(ids: readonly FileId[], access: AdminAccess): Promise<Grouping> {
    const groupOf = new Map<FileId, string>();
    const labels = new Map<string, string>();
    for await (const chunk of chunksInTurn(ids)) {
      for (const [id, uids] of await titles.usedBy(chunk, access)) {
        const [uid] = uids;
        groupOf.set(id, uids.size > 1 ? 'several' : uid);
        if (uids.size === 1) labels.set(uid, modelOf(strapi, uid).info.displayName);
      }
    }
    return { groupOf, labels };
  }

  /** Folders by their path, which consists of numbers; people get to read the names on the way from the top. */
  async function folders(): Promise<Map<string, { id: string; label: string }>> {
    const rows = await strapi.db.query(FOLDER).findMany({ select: ['id', 'name', 'path'] });
    const names = new Map<string, string>(rows.map(({ path, name }) => [path, name]));
    const labelOf = (path: string): string => {
      const above = path.slice(0, path.lastIndexOf('/'));
      const name = names.get(path) ?? path;
      return names.has(above) ? `${labelOf(above)} / ${name}` : name;
    };
    return new Map(rows.map(({ id, path }) => [path, { id: String(id), label: labelOf(path) }]));
  }

  async function byFolder(ids: readonly FileId[]): Promise<Grouping> {
    const known = await folders();
    const groupOf = new Map<FileId, string>();
    for await (const chunk of chunksInTurn(ids)) {
      const query = { select: ['id', 'folderPath'], where: { id: { $in: chunk } } };
      for (const { id, folderPath } of await strapi.db.query(FILE).findMany(query)) {
        const folder = known.get(folderPath);
        if (folder) groupOf.set(Number(id), folder.id);
      }
    }
    return { groupOf, labels: new Map([...known.values()].map(({ id, label }) => [id, label])) };
  }

  const groupings: Record<MapGrouping, (ids: readonly FileId[], access: AdminAccess) => Promise<Grouping>> = {
    type: byType,
    folder: byFolder,
    duplicates: async (_, access) => ({
      groupOf: await duplicates.verdicts({ least: least(), samePhoto: false }, access),
    }),
  };

  return {
    /** Of the pictures that are on the map now. @throws SimilarError `FORBIDDEN` */
    async find(by: MapGrouping, access: AdminAccess): Promise<MapGroupsResponse> {
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const { spots } = await core().map.state();
      const all = [...spots.keys()];
      const ids = (await access.filters(FILE, undefined)) ? await adminFiles.visible(all, access) : all;
      return packGroups(ids, await groupings[by](ids, access));
    },
  };
}
