import type { Core } from '@strapi/strapi';
import type { AdminPicture, DuplicateGroup, DuplicatesResponse } from '../../../plugin/contracts/admin';
import type { StoredRule } from '../../../plugin/contracts/rules';
import type { FileId, Rules } from '../../../plugin/ports';
import { type Group, groupLinks } from '../../../plugin/search/duplicates';
import type { Link } from '../../../plugin/search/link';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import type { Titles } from '../search/titles';

export interface DuplicatesQuery {
  least: number;
  page: number;
  pageSize: number;
  /** Groups that somebody called the same thing, instead of those that nobody has judged. */
  judged: boolean;
  /** By the newest picture of each group, instead of by similarity. */
  newestFirst: boolean;
}

const DETAILS = ['documentId', 'size', 'width', 'height'] as const;

export interface DuplicateGroupsDeps {
  strapi: Core.Strapi;
  core: () => Similarity;
  adminFiles: AdminFiles;
  titles: Titles;
  rules: Pick<Rules, 'list'>;
}

/** Groups of nearly equal pictures, for people to judge. */
export function createDuplicateGroups({ strapi, core, adminFiles, titles, rules }: DuplicateGroupsDeps) {
  /** Only links with a verdict, or only those without; never those between different things. */
  async function relevant(links: Link[], judged: boolean): Promise<Link[]> {
    const verdicts = await rules.list(['same', 'different']);
    if (verdicts.length === 0) return judged ? [] : links;
    const key = (a: string, b: string) => [a, b].sort().join(' ');
    const kinds = new Map(verdicts.map(({ kind, source, target }: StoredRule) => [key(source ?? '', target), kind]));
    const named = new Set(verdicts.flatMap(({ source, target }: StoredRule) => [source ?? '', target]));
    const rows: Array<{ id: FileId; documentId: string }> = await strapi.db
      .query(FILE)
      .findMany({ select: ['id', 'documentId'], where: { documentId: { $in: [...named] } } });
    const documentIds = new Map(rows.map(({ id, documentId }) => [id, documentId]));
    const verdictOn = ({ a, b }: Link) => kinds.get(key(documentIds.get(a) ?? '', documentIds.get(b) ?? ''));
    return links.filter((link) => verdictOn(link) === (judged ? 'same' : undefined));
  }

  async function show(groups: Group[], access: AdminAccess): Promise<DuplicateGroup[]> {
    const ids = groups.flatMap(({ pictures }) => pictures);
    const [pictures, rows, usages, digests] = await Promise.all([
      adminFiles.pictures(ids, access),
      adminFiles.rows(ids, access, DETAILS),
      titles.usages(ids, access),
      core().digests(ids),
    ]);
    const details = new Map(rows.map((row) => [row.id, row]));
    return groups.map((group) => ({
      similarity: Math.round(group.similarity * 1_000) / 1_000,
      identical: new Set(group.pictures.map((id) => digests.get(id) ?? id)).size === 1,
      pictures: group.pictures.map((id) => {
        const { size = 0, width, height } = details.get(id) ?? {};
        return {
          ...(pictures.get(id) as AdminPicture),
          // Strapi keeps sizes in kilobytes.
          bytes: Math.round(size * 1_000),
          ...(width && height && { width, height }),
          usages: usages.get(id) ?? [],
        };
      }),
    }));
  }

  return {
    /** @throws SimilarError `FORBIDDEN` */
    async find(query: DuplicatesQuery, access: AdminAccess): Promise<DuplicatesResponse> {
      const { least, page, pageSize, judged, newestFirst } = query;
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const { links, done, total } = await core().duplicates.links(least);
      const linked = links.flatMap(({ a, b }) => [a, b]);
      const known = new Set(await adminFiles.visible(linked, access));
      const live = links.filter(({ a, b }) => known.has(a) && known.has(b));
      const groups = groupLinks(await relevant(live, judged));
      // Ids grow; those of a group are in ascending order.
      if (newestFirst) groups.sort((a, b) => (b.pictures.at(-1) ?? 0) - (a.pictures.at(-1) ?? 0));
      const shown = groups.slice((page - 1) * pageSize, page * pageSize);
      return { least, groups: await show(shown, access), total: groups.length, compared: { done, total } };
    },
  };
}

export type DuplicateGroups = ReturnType<typeof createDuplicateGroups>;
