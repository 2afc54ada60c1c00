import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import { FILE } from '../access/content-api';

/** What is a picture among the files of the media library. */
export const PICTURES = { mime: { $startsWith: 'image/' } };

/** Those of these files that the media library has, and that are pictures. */
export async function picturesAmong(strapi: Core.Strapi, fileIds: readonly FileId[]): Promise<Set<FileId>> {
  const found = new Set<FileId>();
  for (const ids of chunks([...new Set(fileIds)])) {
    const where = { id: { $in: ids }, ...PICTURES };
    const rows: Array<{ id: FileId }> = await strapi.db.query(FILE).findMany({ select: ['id'], where });
    for (const { id } of rows) found.add(id);
  }
  return found;
}
