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

/** In all locales and states. A plan is made while somebody waits, and is read and written down as a whole. */
const MOST_ROWS = 5_000;

export interface PlannerDeps {
  strapi: Core.Strapi;
  whereUsed: WhereUsed;
}

type Rows = Awaited<ReturnType<WhereUsed['rows']>>;

const fileOf = (strapi: Core.Strapi, id: FileId): Promise<SwapFile | null> =>
  strapi.db.query(FILE).findOne({ where: { id } });

/** Finds what has to be changed before files can go. It writes nothing. */
export function createPlanner({ strapi, whereUsed }: PlannerDeps) {
  /** References to these files in these rows, and what becomes of each when the kept one takes their place. */
  async function editsIn(rows: Rows, keep: SwapFile, remove: readonly SwapFile[]): Promise<Edit[]> {
    const swaps = remove.map((file) => createSwap(keep, file));
    const found: Edit[] = [];
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
    references: async (keep: SwapFile, remove: readonly SwapFile[]) =>
      editsIn(await whereUsed.rows(remove), keep, remove),

    file: (id: FileId) => fileOf(strapi, id),

    /** @throws SimilarError `NOT_FOUND` or `MERGE_TOO_LARGE` */
    async find(keepId: FileId, removeIds: readonly FileId[]): Promise<Found> {
      const keep = await existing(keepId);
      const remove: SwapFile[] = [];
      for (const id of removeIds) remove.push(await existing(id));
      const rows = await whereUsed.rows(remove);
      checkSize(rows);
      return { keep, remove, edits: await editsIn(rows, keep, remove) };
    },
  };
}

function checkSize(rows: Rows): void {
  const count = [...rows.values()].reduce((sum, { length }) => sum + length, 0);
  if (count <= MOST_ROWS) return;
  const expected = `at most ${MOST_ROWS} versions of entries with the pictures to remove`;
  throw new SimilarError('MERGE_TOO_LARGE', `Expected ${expected} but found ${count}`, { count });
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
