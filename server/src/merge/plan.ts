import type { Core } from '@strapi/strapi';
import type { MergeChange, MergePlan } from '../../../plugin/contracts/merge';
import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { MergeRights } from '../access/merge-rights';
import type { AdminFiles } from '../search/admin-files';
import type { DuplicateGroups } from '../search/duplicate-groups';
import type { Titles } from '../search/titles';
import { modelOf, placeOf } from '../util/models';
import type { Edit } from './edits';
import { permittedAmong } from './permitted';
import { type Found, type Planner, tokenOf } from './planner';

export interface MergeQuery {
  keep: FileId;
  remove: FileId[];
  /** From which similarity on pictures count as duplicates. */
  least: number;
}

export interface PlansDeps {
  core: () => Similarity;
  strapi: Core.Strapi;
  planner: Planner;
  adminFiles: AdminFiles;
  titles: Titles;
  duplicateGroups: DuplicateGroups;
}

/** Nobody reads more. */
const MOST_SHOWN = 500;

interface Judged extends Found {
  token: string;
  permitted: Set<Edit>;
}

/** What a merge would change, and whether this administrator may. */
export function createPlans({ core, strapi, planner, adminFiles, titles, duplicateGroups }: PlansDeps) {
  /** @throws SimilarError `FORBIDDEN`, `NOT_FOUND` or `NOT_DUPLICATES` */
  async function checkPictures({ keep, remove, least }: MergeQuery, access: AdminAccess): Promise<void> {
    if (!(await access.can(FILE))) throw forbidden(access, FILE);
    const ids = [keep, ...remove];
    const seen = new Set(await adminFiles.visible(ids, access));
    const hidden = ids.find((id) => !seen.has(id));
    if (hidden !== undefined) throw new SimilarError('NOT_FOUND', `There is no file ${hidden} that you may see`);
    await core().duplicates.compare();
    const missing = new Set(remove);
    // As the page shows them: alike, copies of one photo, and those that somebody called the same.
    for (const query of [
      { least, samePhoto: false },
      { least, samePhoto: true },
      { least, samePhoto: false, judged: 'same' as const },
      { least, samePhoto: true, judged: 'same' as const },
    ]) {
      const group = (await duplicateGroups.of(query, access)).of(keep);
      for (const id of group?.pictures ?? []) missing.delete(id);
      if (missing.size === 0) return;
    }
    const list = [...missing].join(', ');
    throw new SimilarError('NOT_DUPLICATES', `Not a duplicate of picture ${keep}: ${list}`, {
      keep,
      others: [...missing],
    });
  }

  async function judged(query: MergeQuery, access: AdminAccess, rights: MergeRights): Promise<Judged> {
    await checkPictures(query, access);
    const found = await planner.find(query.keep, query.remove);
    const movable = found.edits.filter(({ isStuck }) => !isStuck);
    return { ...found, token: tokenOf(found), permitted: await permittedAmong(strapi, movable, rights) };
  }

  async function changesOf({ keep, edits, permitted }: Judged, access: AdminAccess): Promise<MergeChange[]> {
    // What blocks the merge first: nobody should look for it.
    const ordered = [...edits.filter((edit) => !permitted.has(edit)), ...edits.filter((edit) => permitted.has(edit))];
    const all = ordered.flatMap((edit) => edit.from.map((from) => ({ edit, from }))).slice(0, MOST_SHOWN);
    const labels = new Map<string, string>();
    for (const uid of new Set(all.map(({ edit }) => edit.uid))) {
      const ids = all.filter(({ edit }) => edit.uid === uid).map(({ edit }) => edit.documentId);
      for (const [id, label] of await titles.of(uid, ids, access)) labels.set(`${uid} ${id}`, label);
    }
    return all.map(({ edit, from }): MergeChange => {
      const { uid, documentId, locale, status, path, kind, isStuck } = edit;
      const allowed = permitted.has(edit);
      const label = labels.get(`${uid} ${documentId}`);
      return {
        ...{ uid, typeName: modelOf(strapi, uid).info.displayName, ...placeOf(strapi, uid, locale) },
        ...{ locale, status, kind, from, to: keep.id, allowed },
        // Of what somebody may not read they learn no more than that it is there, and of which type.
        ...(label === undefined ? { documentId: '', label: '', path: '' } : { documentId, label, path }),
        ...(!allowed && { reason: isStuck ? 'unreachable' : 'permission' }),
      };
    });
  }

  return {
    /** @throws as `checkPictures` */
    async show(query: MergeQuery, access: AdminAccess, rights: MergeRights): Promise<MergePlan> {
      const found = await judged(query, access, rights);
      const { keep, remove } = query;
      const count = (edits: Iterable<Edit>) => [...edits].reduce((sum, { from }) => sum + from.length, 0);
      const total = count(found.edits);
      const refused = total - count(found.permitted);
      const entries = new Set(found.edits.map(({ uid, documentId }) => `${uid} ${documentId}`)).size;
      return { plan: found.token, keep, remove, changes: await changesOf(found, access), total, entries, refused };
    },

    /**
     * What is to be done, if the plan still holds and all of it is allowed.
     * @throws SimilarError `MERGE_CHANGED` or `MERGE_REFUSED`, and as `checkPictures`
     */
    async agreed(query: MergeQuery, plan: string, access: AdminAccess, rights: MergeRights): Promise<Found> {
      const found = await judged(query, access, rights);
      if (found.token !== plan) throw new SimilarError('MERGE_CHANGED', 'The plan of this merge no longer holds');
      const refused = found.edits.length - found.permitted.size;
      if (refused > 0) {
        const many = `${refused} of ${found.edits.length}`;
        throw new SimilarError('MERGE_REFUSED', `${many} places may not or cannot be changed`, { refused });
      }
      return found;
    },
  };
}

export type Plans = ReturnType<typeof createPlans>;
