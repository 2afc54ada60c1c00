import type { DuplicateGroup, DuplicatesResponse, GroupVerdict, LikenessLevels } from '../../../plugin/contracts/admin';
import type { MatchVerdict } from '../../../plugin/contracts/similar';
import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
import { originalOf } from '../../../plugin/same-photo/picture-digest';
import type { Group } from '../../../plugin/search/groups';
import { smallest } from '../../../plugin/search/smallest';
import type { Similarity } from '../../../plugin/similarity';
import { chunks } from '../../../plugin/store/chunks';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import type { DuplicateGroups, GroupsQuery } from '../search/duplicate-groups';
import type { GroupScope, Scope } from '../search/group-scope';
import type { Titles } from '../search/titles';
import type { VerdictLookup } from '../search/verdicts';
import { rounded } from '../util/rounded';

export interface AllDuplicatesQuery extends GroupsQuery {
  /** Groups with at least one picture in it: what that one is a copy of may be anywhere. */
  scope: Scope;
  /** By the newest picture of each group, instead of by similarity. */
  newestFirst: boolean;
}

export interface DuplicatesQuery extends AllDuplicatesQuery {
  page: number;
  pageSize: number;
}

/** Names a group by one of its pictures. */
export interface GroupQuery extends GroupsQuery {
  picture: FileId;
  /** How many pictures it had when it was shown. */
  count?: number;
}

type DuplicatePicture = DuplicateGroup['pictures'][number];

/** A picture with the place of its group among all that were asked for, from 1. */
export interface GroupedPicture {
  group: number;
  verdict: MatchVerdict;
  picture: DuplicatePicture;
}

export type GroupVerdictQuery = GroupQuery & Pick<GroupVerdict, 'kind'>;

const DETAILS = ['documentId', 'size', 'width', 'height'] as const;
/** Pictures of one group in an answer: nobody looks through thousands. */
const MOST_SHOWN = 50;
/** Pictures of whatever groups that are read at once. */
const PART = 500;
/** Copies of one file have vectors that differ in the last digits. */
const COPIES = 0.999;

export interface DuplicatesDeps {
  core: () => Similarity;
  levels: () => LikenessLevels;
  adminFiles: AdminFiles;
  titles: Titles;
  duplicateGroups: DuplicateGroups;
  groupScope: GroupScope;
  verdicts: VerdictLookup;
}

/** Groups of nearly equal pictures, for people to judge. */
export function createDuplicates({
  core,
  levels,
  adminFiles,
  titles,
  duplicateGroups,
  groupScope,
  verdicts,
}: DuplicatesDeps) {
  async function isOneFile({ pictures, similarity }: Group): Promise<boolean> {
    if (similarity < COPIES) return false;
    const seen = new Set<string | number>();
    for (const chunk of chunks([...pictures])) {
      const digests = await core().digests(chunk);
      for (const id of chunk) seen.add(originalOf(digests.get(id)) ?? id);
      if (seen.size > 1) return false;
    }
    return true;
  }

  const verdictOf = async (group: Group): Promise<MatchVerdict> =>
    (await isOneFile(group)) ? 'identical' : group.isSamePhoto ? 'same-photo' : 'similar';

  /** Those that are there and that the administrator may see. */
  async function details(ids: FileId[], access: AdminAccess): Promise<Map<FileId, DuplicatePicture>> {
    const [pictures, rows, usages] = await Promise.all([
      adminFiles.pictures(ids, access),
      adminFiles.rows(ids, access, DETAILS),
      titles.usages(ids, access),
    ]);
    const found = new Map<FileId, DuplicatePicture>();
    for (const { id, size = 0, width, height } of rows) {
      const picture = pictures.get(id);
      if (!picture) continue;
      found.set(id, {
        ...picture,
        // Strapi keeps sizes in kilobytes.
        bytes: Math.round(size * 1_000),
        ...(width && height && { width, height }),
        usages: usages.get(id)?.first ?? [],
        usageCount: usages.get(id)?.count ?? 0,
      });
    }
    return found;
  }

  async function show(groups: Group[], access: AdminAccess): Promise<DuplicateGroup[]> {
    const firsts = groups.map(({ pictures }) => smallest(pictures, MOST_SHOWN));
    const [known, verdictsOf] = await Promise.all([details(firsts.flat(), access), Promise.all(groups.map(verdictOf))]);
    const shown = groups.map((group, at): DuplicateGroup => {
      // Some may have been deleted a moment ago.
      const there = firsts[at].flatMap((id) => known.get(id) ?? []);
      return {
        similarity: group.similarity > 0 ? rounded(group.similarity, 3) : null,
        verdict: verdictsOf[at],
        count: group.pictures.length - (firsts[at].length - there.length),
        pictures: there,
      };
    });
    return shown.filter(({ count }) => count > 1);
  }

  /**
   * DocumentIds of the group as the administrator sees it now.
   * @throws SimilarError `FORBIDDEN`, `NOT_FOUND` or `GROUP_CHANGED`
   */
  async function groupOf({ picture, count, ...query }: GroupQuery, access: AdminAccess): Promise<string[]> {
    if (!(await access.can(FILE))) throw forbidden(access, FILE);
    const group = (await duplicateGroups.of(query, access)).of(picture);
    if (!group) throw new SimilarError('NOT_FOUND', `There is no group with the picture ${picture} that you may see`);
    const rows = await adminFiles.rows(group.pictures, access, ['documentId']);
    if (count === undefined || count === rows.length) return rows.map(({ documentId }) => documentId);
    throw new SimilarError('GROUP_CHANGED', `The group had ${count} pictures, and has ${rows.length} now`, { picture });
  }

  async function ordered({ scope, newestFirst, ...query }: AllDuplicatesQuery, access: AdminAccess) {
    const groups = await duplicateGroups.of(query, access);
    const order = await groups.order(newestFirst);
    const inScope = await groupScope.of(scope, groups.pictures, access);
    if (!inScope) return { groups, order };
    return { groups, order: order.filter((index) => groups.at(index).pictures.some((id) => inScope.has(id))) };
  }

  return {
    /** @returns how many pictures it is about. @throws as `groupOf` */
    async judge({ kind, ...query }: GroupVerdictQuery, author: string | undefined, access: AdminAccess) {
      const pictures = await groupOf(query, access);
      await verdicts.judge(kind, pictures, author);
      return pictures.length;
    },

    /** @returns how many pictures it is about. @throws as `groupOf` */
    async undo({ kind, ...query }: GroupVerdictQuery, access: AdminAccess) {
      const pictures = await groupOf(query, access);
      await verdicts.undo(kind, pictures);
      return pictures.length;
    },

    /** What each picture that has duplicates has to do with them. @throws SimilarError `FORBIDDEN` */
    async verdicts(query: GroupsQuery, access: AdminAccess): Promise<Map<FileId, MatchVerdict>> {
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      await core().duplicates.compare();
      const groups = await duplicateGroups.of(query, access);
      const found = new Map<FileId, MatchVerdict>();
      for (const index of await groups.order(false)) {
        const group = groups.at(index);
        const verdict = await verdictOf(group);
        for (const id of group.pictures) found.set(id, verdict);
      }
      return found;
    },

    /** All pictures of all groups, part by part. @throws SimilarError `FORBIDDEN` or `NOT_FOUND`, with the first part */
    async *all(query: AllDuplicatesQuery, access: AdminAccess): AsyncGenerator<GroupedPicture[]> {
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      await core().duplicates.compare();
      const { groups, order } = await ordered(query, access);
      let waiting: Array<Omit<GroupedPicture, 'picture'> & { id: FileId }> = [];
      const told = async (): Promise<GroupedPicture[]> => {
        const ids = waiting.map(({ id }) => id);
        const known = await details(ids, access);
        return waiting.flatMap(({ id, ...rest }) => {
          const picture = known.get(id);
          return picture ? [{ ...rest, picture }] : [];
        });
      };
      for (const [at, index] of order.entries()) {
        const found = groups.at(index);
        const verdict = await verdictOf(found);
        for (const id of Int32Array.from(found.pictures).sort()) {
          waiting.push({ group: at + 1, verdict, id });
          if (waiting.length < PART) continue;
          yield await told();
          waiting = [];
        }
      }
      yield await told();
    },

    /** @throws SimilarError `FORBIDDEN` or `NOT_FOUND` */
    async find(query: DuplicatesQuery, access: AdminAccess): Promise<DuplicatesResponse> {
      const { least, page, pageSize } = query;
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const compared = await core().duplicates.compare();
      const { groups, order } = await ordered(query, access);
      const paged = [...order.subarray((page - 1) * pageSize, page * pageSize)].map((index) => groups.at(index));
      return { least, levels: levels(), groups: await show(paged, access), total: order.length, compared };
    },
  };
}

export type Duplicates = ReturnType<typeof createDuplicates>;
