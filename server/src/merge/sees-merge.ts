import type { Core } from '@strapi/strapi';
import type { AdminAccess } from '../access/admin';
import { FILE } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import type { Entry } from './journal';

/** Whether an administrator may see a merge: all of its files, as far as they are there. */
export const createSeesMerge =
  ({ strapi, adminFiles }: { strapi: Core.Strapi; adminFiles: AdminFiles }) =>
  async ({ keep, remove }: Pick<Entry, 'keep' | 'remove'>, access: AdminAccess): Promise<boolean> => {
    const where = { id: { $in: [keep, ...remove] } };
    const there = (await strapi.db.query(FILE).findMany({ select: ['id'], where })).map(({ id }) => Number(id));
    if (there.length === 0) return !(await access.filters(FILE, undefined));
    return (await adminFiles.visible(there, access)).length === there.length;
  };

export type SeesMerge = ReturnType<typeof createSeesMerge>;
