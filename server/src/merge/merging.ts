import type { Core } from '@strapi/strapi';
import type { Merge, MergesResponse } from '../../../plugin/contracts/merge';
import { SimilarError } from '../../../plugin/errors';
import { faultPoint } from '../../../plugin/fault-point';
import type { FileId } from '../../../plugin/ports';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { MergeRights } from '../access/merge-rights';
import type { AdminFiles } from '../search/admin-files';
import { logOf } from '../util/log';
import type { Apply } from './apply';
import { type Edit, grouped, reversed } from './edits';
import { type Entry, isOpen, type Journal, type Save, shown } from './journal';
import { permittedAmong } from './permitted';
import type { MergeQuery, Plans } from './plan';
import type { Planner } from './planner';
import type { SeesMerge } from './sees-merge';

export interface MergingDeps {
  strapi: Core.Strapi;
  plans: Plans;
  planner: Planner;
  journal: Journal;
  adminFiles: AdminFiles;
  sees: SeesMerge;
  apply: Apply;
  now: () => Promise<number>;
}

export interface MergeAuthor {
  id: number;
  name: string | undefined;
}

/** So long a merge can be undone. */
const UNDO_MS = 24 * 3_600_000;

/**
 * Copies of a picture become one. What a merge will do is written down before it is done, its steps can be repeated, and files go
 * last, after another look for references: whatever ends the process, each entry has a picture, and the merge can go on.
 */
export function createMerging({ strapi, plans, planner, journal, adminFiles, sees, apply, now }: MergingDeps) {
  const log = logOf(strapi);

  /** @returns how many references were left as they are. */
  async function write(edits: readonly Edit[], { editor, id }: Entry, save: Save): Promise<number> {
    let left = 0;
    for (const group of grouped(edits)) {
      await save();
      try {
        left += countOf(await apply(group, { id: editor }));
      } catch (error) {
        // The others can still be changed: this one keeps its picture, and so its file.
        left += countOf(group);
        const [{ uid, documentId }] = group;
        log.warn(`Merge ${id}: ${uid} ${documentId} could not be changed: ${(error as Error).message}`);
      }
      faultPoint('merge-written');
    }
    return left;
  }

  async function repoint(entry: Entry, save: Save): Promise<Entry> {
    const left = await write(entry.edits, entry, save);
    const merged = await save({ state: 'merged', left });
    faultPoint('merge-merged');
    return merged;
  }

  async function putBack(entry: Entry, save: Save): Promise<Entry> {
    await save({ state: 'undoing' });
    const gone = new Set<FileId>();
    for (const id of entry.remove) if (!(await planner.file(id))) gone.add(id);
    const possible = entry.edits.filter(({ from }) => !from.some((id) => gone.has(id)));
    const lost = countOf(entry.edits) - countOf(possible);
    const left = lost + (await write(possible.map(reversed), entry, save));
    return save({ state: 'undone', left, edits: [] });
  }

  async function deleteFiles(entry: Entry, save: Save): Promise<Entry> {
    const keep = await planner.file(entry.keep);
    const kept: FileId[] = [];
    for (const id of entry.remove) {
      const file = await planner.file(id);
      if (!file) continue;
      // Somebody may have used it again meanwhile, or deleted the one that was to stay.
      if (!keep || (await planner.references(keep, [file])).length > 0) {
        kept.push(id);
        continue;
      }
      await save({ state: 'deleting' });
      faultPoint('merge-deleting');
      await strapi.plugin('upload').service('upload').remove(file);
      faultPoint('merge-deleted');
    }
    if (kept.length > 0) log.warn(`Merge ${entry.id}: files ${kept.join(', ')} stay, because they are still used`);
    return save({ state: kept.length > 0 ? 'kept' : 'done', kept, edits: [] });
  }

  /** From wherever it was left. */
  async function goOn(entry: Entry, save: Save): Promise<Entry> {
    if (entry.state === 'running') return repoint(entry, save);
    if (entry.state === 'undoing') return putBack(entry, save);
    if (entry.state === 'deleting') return deleteFiles(entry, save);
    return entry.state === 'merged' && entry.until <= (await now()) ? deleteFiles(entry, save) : entry;
  }

  /** @throws SimilarError `NOT_FOUND` also where the administrator may not see the files */
  async function known(id: string, access: AdminAccess): Promise<Entry> {
    const entry = await journal.read(id);
    if (entry?.state && (await sees(entry, access))) return entry;
    throw new SimilarError('NOT_FOUND', `There is no merge ${id}`, { id });
  }

  function check({ id, state }: Entry, ...states: Array<Entry['state']>): void {
    if (states.includes(state)) return;
    throw new SimilarError(state === 'running' ? 'MERGE_OPEN' : 'MERGE_ENDED', `The merge ${id} is ${state}`, {
      id,
      state,
    });
  }

  async function checkDeletable(remove: FileId[], rights: MergeRights): Promise<void> {
    const there: FileId[] = [];
    for (const id of remove) if (await planner.file(id)) there.push(id);
    const refused = await rights.undeletable(there);
    if (refused.length === 0) return;
    throw new SimilarError('MERGE_REFUSED', `You may not delete the files ${refused.join(', ')}`, { files: refused });
  }

  return {
    plan: plans.show,

    /** @throws SimilarError as `agreed` of the plans, and `MERGE_OPEN` */
    async merge(
      query: MergeQuery,
      plan: string,
      author: MergeAuthor,
      access: AdminAccess,
      rights: MergeRights,
    ): Promise<Merge> {
      await checkDeletable(query.remove, rights);
      const { edits, ...files } = await plans.agreed(query, plan, access, rights);
      const names = Object.fromEntries([files.keep, ...files.remove].map(({ id, name }) => [id, name]));
      const at = await now();
      const begun = await journal.begin({
        ...{ state: 'running', at, until: at + UNDO_MS, author: author.name ?? null, editor: author.id },
        ...{ keep: query.keep, remove: query.remove, names, edits, changes: countOf(edits), left: 0, kept: [] },
      });
      faultPoint('merge-noted');
      return shown(await journal.working(begun.id, repoint, begun));
    },

    /** The newest first. @throws SimilarError `FORBIDDEN` */
    async list({ page, pageSize }: { page: number; pageSize: number }, access: AdminAccess): Promise<MergesResponse> {
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const seen: Entry[] = [];
      for (const entry of await journal.all()) if (entry.state && (await sees(entry, access))) seen.push(entry);
      const merges = seen.slice((page - 1) * pageSize, page * pageSize).map(shown);
      const ids = merges.flatMap(({ keep, remove }) => [keep, ...remove]);
      return { merges, total: seen.length, pictures: [...(await adminFiles.pictures(ids, access)).values()] };
    },

    /** @throws SimilarError `NOT_FOUND`, `MERGE_REFUSED`, `MERGE_ENDED`, `MERGE_OPEN` */
    async undo(id: string, access: AdminAccess, rights: MergeRights): Promise<Merge> {
      const entry = await known(id, access);
      check(entry, 'running', 'merged', 'undoing');
      const edits = entry.edits.map(reversed);
      const refused = edits.length - (await permittedAmong(strapi, edits, rights)).size;
      if (refused > 0) {
        const many = `${refused} of ${edits.length}`;
        throw new SimilarError('MERGE_REFUSED', `You may not change ${many} places back`, { id, refused });
      }
      return shown(
        await journal.working(id, async (now, save) => {
          check(now, 'running', 'merged', 'undoing');
          return putBack(now, save);
        }),
      );
    },

    /** Deletes the files without waiting any longer. @throws as `undo` */
    async finish(id: string, access: AdminAccess, rights: MergeRights): Promise<Merge> {
      const entry = await known(id, access);
      check(entry, 'merged', 'deleting');
      await checkDeletable(entry.remove, rights);
      return shown(
        await journal.working(id, async (now, save) => {
          check(now, 'merged', 'deleting');
          return deleteFiles(now, save);
        }),
      );
    },

    /** What was interrupted, and what has become due. */
    async look(): Promise<void> {
      for (const id of await journal.open()) {
        try {
          const entry = await journal.read(id);
          if (entry && isOpen(entry) && entry.state === 'merged' && entry.until > (await now())) continue;
          await journal.working(id, goOn);
        } catch (error) {
          // Another node works on it.
          if (error instanceof SimilarError && error.code === 'MERGE_OPEN') continue;
          log.error(`Merge ${id} could not go on: ${(error as Error).message}`);
        }
      }
    },
  };
}

const countOf = (edits: readonly Edit[]): number => edits.reduce((sum, { from }) => sum + from.length, 0);

export type Merging = ReturnType<typeof createMerging>;
