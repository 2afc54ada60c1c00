import type { Verdict } from '../../../plugin/contracts/rules';
import type { FileId } from '../../../plugin/ports';
import type { Groups } from '../../../plugin/search/groups';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import { FILE } from '../access/content-api';
import type { AdminFiles } from './admin-files';
import type { VerdictLookup } from './verdicts';

export interface GroupsQuery {
  least: number;
  /** Copies of one photo, however alike, in place of all that is alike. */
  samePhoto: boolean;
  /** Groups that somebody has judged so, instead of those that nobody has judged. */
  judged?: Verdict['kind'];
}

export interface DuplicateGroupsDeps {
  core: () => Similarity;
  adminFiles: AdminFiles;
  verdicts: VerdictLookup;
  /** Files that are about to be deleted: they are nobody's duplicates any more. */
  leaving: () => Promise<ReadonlySet<FileId>>;
}

type Duplicates = Similarity['duplicates'];

/** The groups of nearly equal pictures that an administrator may see. Those of the last question are remembered, for its other pages. */
export function createDuplicateGroups({ core, adminFiles, verdicts, leaving }: DuplicateGroupsDeps) {
  let last: { of: Duplicates; key: string; groups: Promise<Groups> } | undefined;

  async function group(of: Duplicates, { least, samePhoto, judged }: GroupsQuery, sees?: (id: FileId) => boolean) {
    const verdictOn = await verdicts.all();
    return of.groups({ least, samePhoto, picture: sees, link: (a, b) => verdictOn(a, b) === judged });
  }

  return {
    async of(query: GroupsQuery, access: AdminAccess): Promise<Groups> {
      const of = core().duplicates;
      const gone = await leaving();
      if (await access.filters(FILE, undefined)) {
        const seen = new Set(await adminFiles.visible(await of.linked(query.samePhoto ? 0 : query.least), access));
        return group(of, query, (id) => seen.has(id) && !gone.has(id));
      }
      // Who may see all files sees all that are linked: those that are deleted leave the links, here and on other nodes.
      const key = JSON.stringify([
        of.version,
        await verdicts.state(),
        query.least,
        query.samePhoto,
        query.judged,
        [...gone],
      ]);
      if (last?.of === of && last.key === key) return last.groups;
      const next = { of, key, groups: group(of, query, gone.size > 0 ? (id) => !gone.has(id) : undefined) };
      last = next;
      next.groups.catch(() => {
        if (last === next) last = undefined;
      });
      return next.groups;
    },
  };
}

export type DuplicateGroups = ReturnType<typeof createDuplicateGroups>;
