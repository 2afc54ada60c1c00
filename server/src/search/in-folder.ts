import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';

/**
 * A filter on files: those of a folder of the media library, and of the folders in it.
 * @throws SimilarError `NOT_FOUND`
 */
export async function inFolder(strapi: Core.Strapi, folder: number): Promise<object> {
  const found = await strapi.db.query('plugin::upload.folder').findOne({ select: ['path'], where: { id: folder } });
  if (!found) throw new SimilarError('NOT_FOUND', `There is no folder ${folder}`, { folder });
  // `/1` is no part of `/10`.
  return { $or: [{ folderPath: found.path }, { folderPath: { $startsWith: `${found.path}/` } }] };
}
