import type { Outcome } from '../../../plugin/contracts/carry';
import { type CarriedItem, type CarriedRule, type CarriedVerdict, nameOf } from './file';
import { type Found, shown } from './names';
import type { WantedRule } from './rule-changes';
import type { Group } from './verdict-changes';

export function wantedRules(carried: readonly CarriedRule[], found: Found) {
  const skipped: Outcome['skipped'] = [];
  const whyNot = (one: CarriedItem) => {
    const at = found.get(nameOf(one));
    return at && 'why' in at ? at.why : undefined;
  };
  const wanted = carried.flatMap((rule): WantedRule[] => {
    const { kind, target, source } = rule;
    const missing = (source ? [target, source] : [target]).find((one) => idOf(found.get(nameOf(one))) === undefined);
    if (missing) {
      skipped.push({ what: `${kind} ${shown(target)}`, why: `${shown(missing)}: ${whyNot(missing)}` });
      return [];
    }
    const place = rule.kind === 'pin' ? rule.place : null;
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
    for (const one of pictures) {
      const at = found.get(nameOf(one));
      if (at && 'why' in at) skipped.push({ what: `${kind} ${shown(one)}`, why: at.why });
    }
    const here = [...new Set(pictures.flatMap((one) => idOf(found.get(nameOf(one))) ?? []))];
    if (here.length > 1) return [{ kind, pictures: here, author: author ?? null }];
    if (pictures.every((one) => idOf(found.get(nameOf(one))))) {
      skipped.push({ what: `${kind} ${pictures.map(shown).join(', ')}`, why: 'they are one file here' });
    }
    return [];
  });
  return { wanted, skipped };
}

const idOf = (at: { documentId: string } | { why: string } | undefined) =>
  at && 'documentId' in at ? at.documentId : undefined;
