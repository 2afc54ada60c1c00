import type { StoredRow } from '../../../plugin/store/rule-rows';
import { APART } from '../../../plugin/store/verdicts';
import type { AdminAccess } from '../access/admin';
import { FILE } from '../access/content-api';
import type { Titles } from '../search/titles';
import { type CarriedItem, nameOf } from './file';
import { type Found, type Names, notHere } from './names';

const uidOf = (type: string) => (type === 'file' ? FILE : type);

/** The same names for an administrator: what they may not see has none, and is not told apart from what is not there. */
export function namesSeenBy(access: AdminAccess, names: Names, titles: Pick<Titles, 'of'>): Names {
  async function seenOf(ends: ReadonlyArray<{ type: string; documentId: string }>) {
    const byType = new Map<string, Set<string>>();
    for (const { type, documentId } of ends) {
      byType.set(type, (byType.get(type) ?? new Set()).add(documentId));
    }
    const seen = new Map<string, ReadonlyMap<string, string>>();
    for (const [type, ids] of byType) seen.set(type, await titles.of(uidOf(type), [...ids], access));
    return (type: string, documentId: string) => seen.get(type)?.has(documentId) ?? false;
  }

  return {
    async of(documentIds) {
      const known = await names.of(documentIds);
      const ends = [...known].flatMap(([documentId, ones]) => ones.map(({ type }) => ({ type, documentId })));
      const isSeen = await seenOf(ends);
      const left = [...known].map(([documentId, ones]): [string, CarriedItem[]] => {
        return [documentId, ones.filter(({ type }) => isSeen(type, documentId))];
      });
      return new Map(left.filter(([, ones]) => ones.length > 0));
    },

    async find(items) {
      const found = await names.find(items);
      const here = (one: CarriedItem) => {
        const at = found.get(nameOf(one));
        return at && 'documentId' in at ? [{ type: one.type, documentId: at.documentId }] : [];
      };
      const isSeen = await seenOf(items.flatMap(here));
      const answer: Found = new Map(found);
      for (const one of items) {
        const [end] = here(one);
        if (end && !isSeen(end.type, end.documentId)) answer.set(nameOf(one), { why: notHere(one) });
      }
      return answer;
    },
  };
}

/** What was decided about things of which all have a name. A set of different pictures is taken picture by picture. */
export const isNamed =
  (of: (documentId: string, type?: string) => CarriedItem | undefined) =>
  ({ kind, type, source, target }: StoredRow): boolean =>
    of(target, type) !== undefined && (kind === APART || !source || of(source) !== undefined);
