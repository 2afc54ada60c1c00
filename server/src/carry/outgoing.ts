import type { StoredRow } from '../../../plugin/store/rule-rows';
import { type CarriedItem, type CarriedPicture, type CarriedRule, type CarriedVerdict, nameOf } from './file';
import { isRule } from './rule-changes';
import { groupsOf } from './verdict-changes';

/** What a documentId names here, of this type or of whatever type; undefined: nothing that can be named elsewhere. */
export type NameOf = (documentId: string, type?: string) => CarriedItem | undefined;

interface Outgoing<One> {
  carried: One[];
  /** How many are left out, or have lost a picture: what they are about is gone. */
  gone: number;
}

export function carriedRules(there: readonly StoredRow[], of: NameOf): Outgoing<CarriedRule> {
  let gone = 0;
  const carried = there.filter(isRule).flatMap((row): CarriedRule[] => {
    const target = of(row.target, row.type);
    const source = row.source ? of(row.source) : undefined;
    const author = row.author ?? undefined;
    if (target && source && row.kind === 'pin')
      return [{ kind: 'pin', target, source, place: Number(row.place), author }];
    if (target && row.kind === 'hide' && (source || !row.source)) return [{ kind: 'hide', target, source, author }];
    gone++;
    return [];
  });
  return { carried, gone };
}

export function carriedVerdicts(there: readonly StoredRow[], of: NameOf): Outgoing<CarriedVerdict> {
  let gone = 0;
  const carried = groupsOf(there).flatMap(({ kind, pictures, author }): CarriedVerdict[] => {
    const named = pictures.flatMap((id) => of(id, 'file') ?? []).filter(isPicture);
    if (named.length < pictures.length) gone++;
    const [first, ...others] = named;
    // Others are the same as each other only by way of the first.
    const isWhole = kind === 'different' || of(pictures[0], 'file') !== undefined;
    if (named.length < 2 || !isWhole) return [];
    const inOrder = kind === 'same' ? [first, ...others.sort(byName)] : named.sort(byName);
    return [{ kind, pictures: inOrder, author: author ?? undefined }];
  });
  return { carried, gone };
}

const isPicture = (one: CarriedItem): one is CarriedPicture => !('documentId' in one);
const byName = (a: CarriedItem, b: CarriedItem) => (nameOf(a) < nameOf(b) ? -1 : 1);
