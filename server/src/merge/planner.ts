import { createHash } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
import { FILE } from '../access/content-api';
import { hasDrafts } from '../util/models';
import { type Edit, editsOf } from './edits';
import type { Row } from './places';
import { createSwap, type SwapFile } from './swap';
import type { WhereUsed } from './where-used';
import { readWhole } from './whole-entry';

export interface Found {
  keep: SwapFile;
  remove: SwapFile[];
  edits: Edit[];
}

export interface PlannerDeps {
  strapi: Core.Strapi;
  whereUsed: WhereUsed;
}

const fileOf = (strapi: Core.Strapi, id: FileId): Promise<SwapFile | null> =>
  strapi.db.query(FILE).findOne({ where: { id } });

/** Finds what has to be changed before files can go. It writes nothing. */
export function createPlanner({ strapi, whereUsed }: PlannerDeps) {
  /** References to these files, and what becomes of each when the kept one takes their place. */
  async function references(keep: SwapFile, remove: readonly SwapFile[]): Promise<Edit[]> {
    const swaps = remove.map((file) => createSwap(keep, file));
    const found: Edit[] = [];
    const rows = await whereUsed.rows(remove);
    for (const uid of [...rows.keys()].sort()) {
      for (const id of rows.get(uid) ?? []) {
        const row = await readWhole(strapi, uid, id);
        if (row) found.push(...editsOf(strapi, versionOf(uid, row), row, swaps));
      }
    }
    return found;
  }

  const versionOf = (uid: string, row: Row) => ({
    uid,
    documentId: row.documentId as string,
    locale: (row.locale as string | null | undefined) ?? null,
    status: hasDrafts(strapi, uid) && !row.publishedAt ? ('draft' as const) : ('published' as const),
  });

  async function existing(id: FileId): Promise<SwapFile> {
    const file = await fileOf(strapi, id);
    if (!file) throw new SimilarError('NOT_FOUND', `There is no file with the id ${id}`, { id });
    return file;
  }

  return {
    references,

    file: (id: FileId) => fileOf(strapi, id),

    /** @throws SimilarError `NOT_FOUND` */
    async find(keepId: FileId, removeIds: readonly FileId[]): Promise<Found> {
      const keep = await existing(keepId);
      const remove: SwapFile[] = [];
      for (const id of removeIds) remove.push(await existing(id));
      return { keep, remove, edits: await references(keep, remove) };
    },
  };
}

export type Planner = ReturnType<typeof createPlanner>;

/** Another one as soon as anything is found that the plan does not say. */
export function tokenOf({ keep, remove, edits }: Found): string {
  const files = [keep, ...remove].map(({ id, url, hash }) => [id, url, hash]);
  return createHash('sha256')
    .update(JSON.stringify([files, edits]))
    .digest('hex')
    .slice(0, 40);
}
