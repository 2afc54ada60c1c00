import type { Outcome } from '../../../plugin/contracts/carry';
import { type CarriedItem, type CarriedRule, type CarriedVerdict, nameOf } from './file';
import { type Found, told } from './names';
import type { WantedRule } from './rule-changes';
import type { Group } from './verdict-changes';

export function wantedRules(carried: readonly CarriedRule[], found: Found) {
  const skipped: Outcome['skipped'] = [];
  const wanted = carried.flatMap((rule): WantedRule[] => {
    const { kind, target, source } = rule;
    const missing = (source ? [target, source] : [target]).find((one) => idOf(found.get(nameOf(one))) === undefined);
    const place = rule.kind === 'pin' ? rule.place : null;
    if (missing) {
      const what = { kind, item: told(target), ...(source && { on: told(source) }), ...(place !== null && { place }) };
      skipped.push({ what, why: whyNot(found.get(nameOf(missing))), item: told(missing) });
      return [];
    }
    const idHere = (one: CarriedItem) => idOf(found.get(nameOf(one))) as string;
    const ends = { source: source ? idHere(source) : '', target: idHere(target) };
    return [{ kind, type: target.type, ...ends, place, author: rule.author ?? null }];
  });
  return { wanted, skipped };
}

/** Of a group, what is here is still the same, or different. */
export function wantedGroups(carried: readonly CarriedVerdict[], found: Found) {
  const skipped: Outcome['skipped'] = [];
  const wanted = carried.flatMap(({ kind, pictures, author }): Group[] => {
    const what = { kind, pictures: pictures.map(told) };
    for (const one of pictures) {
      const at = found.get(nameOf(one));
      if (at && 'why' in at) skipped.push({ what, why: at.why, item: told(one) });
    }
    const here = [...new Set(pictures.flatMap((one) => idOf(found.get(nameOf(one))) ?? []))];
    if (here.length > 1) return [{ kind, pictures: here, author: author ?? null }];
    if (pictures.every((one) => idOf(found.get(nameOf(one))))) {
      skipped.push({ what, why: 'one-file' });
    }
    return [];
  });
  return { wanted, skipped };
}

type At = ReturnType<Found['get']>;

const idOf = (at: At) => (at && 'documentId' in at ? at.documentId : undefined);
const whyNot = (at: At) => (at && 'why' in at ? at.why : 'no-entry');
