import type { Verdict } from '../../../plugin/contracts/rules';
import type { StoredRow } from '../../../plugin/store/rule-rows';
import { APART, membersOf } from '../../../plugin/store/verdicts';
import { nothingYet } from './report';
import type { PlannedRows, PlanOptions } from './rule-changes';

/** What was said of two pictures or more, by documentId. */
export interface Group {
  kind: Verdict['kind'];
  /** Of the same ones, the first is the one that the others are compared with. */
  pictures: string[];
  author: string | null;
}

/** What is stored of a group (plugin/store/verdicts.ts): one for each pair, or one for a set. */
interface Unit {
  kind: string;
  pictures: string[];
  ids: number[];
}

const keyOf = ({ kind, pictures }: Pick<Unit, 'kind' | 'pictures'>) => JSON.stringify([kind, ...pictures.toSorted()]);

/** As they are stored, in the order of the rows; a set with one member left says nothing. */
export function groupsOf(there: readonly StoredRow[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { kind, source, target, author, created_at } of there) {
    if (kind !== 'same' && kind !== 'different' && kind !== APART) continue;
    // Pairs that one judgement made have the source in common, and the moment.
    const of = kind === 'different' ? target : kind === 'same' ? `${created_at} ${author}` : '';
    const key = JSON.stringify([kind, source, of]);
    const group = groups.get(key);
    if (group) group.pictures.push(target);
    else {
      const pictures = kind === APART ? [target] : [source, target];
      groups.set(key, { kind: kind === APART ? 'different' : kind, pictures, author });
    }
  }
  return [...groups.values()].filter(({ pictures }) => pictures.length > 1);
}

function unitsThere(there: readonly StoredRow[]): Unit[] {
  const pairs: Unit[] = [];
  const sets = new Map<string, Unit>();
  for (const { id, kind, source, target } of there) {
    if (kind === 'same' || kind === 'different') pairs.push({ kind, pictures: [source, target].sort(), ids: [id] });
    if (kind !== APART) continue;
    const set = sets.get(source) ?? { kind, pictures: [], ids: [] };
    sets.set(source, { kind, pictures: [...set.pictures, target], ids: [...set.ids, id] });
  }
  return [...pairs, ...sets.values()];
}

function unitsOf({ kind, pictures }: Group): Array<Pick<Unit, 'kind' | 'pictures'>> {
  const [first, ...others] = pictures;
  if (kind === 'same') return others.map((other) => ({ kind, pictures: [first, other].sort() }));
  return [{ kind: pictures.length === 2 ? kind : APART, pictures: pictures.toSorted() }];
}

/**
 * A verdict of the file that is not here yet is added, and what was said here to the contrary goes, as when somebody judges. What is
 * here already stays as it is, so the same file a second time changes nothing.
 */
export function planVerdicts(
  there: readonly StoredRow[],
  wanted: readonly Group[],
  { replace, now, named }: PlanOptions,
): PlannedRows {
  const plan: PlannedRows = { remove: [], put: [], outcome: nothingYet() };
  const units = unitsThere(there);
  const known = new Set(units.map(keyOf));
  const asked = new Set(wanted.flatMap(unitsOf).map(keyOf));
  const told = (kind: string, pictures: string[]) => {
    return { kind: kind === 'same' ? ('same' as const) : ('different' as const), pictures: pictures.map(named) };
  };
  const gone = new Set<number>();
  const fresh: Group[] = [];
  for (const group of wanted) {
    const lacking = unitsOf(group).filter((unit) => !known.has(keyOf(unit)));
    if (lacking.length === 0) {
      plan.outcome.unchanged++;
      continue;
    }
    plan.outcome.added.push(told(group.kind, group.pictures));
    // The list of all decisions shows what is of one moment as one; later ones are shown first.
    const created_at = now - wanted.length + fresh.push(group);
    for (const unit of lacking) {
      // Groups of the file may share a pair, and a database takes it once.
      known.add(keyOf(unit));
      plan.put.push(...rowsOf(unit, group.author, created_at));
    }
  }
  const contradicted = contradictedBy(fresh);
  for (const unit of units) {
    if (asked.has(keyOf(unit))) continue;
    const leaving = replace ? unit.ids : contradicted(unit);
    for (const id of leaving) gone.add(id);
    const pictures = unit.kind === APART ? unit.pictures.filter((_, at) => gone.has(unit.ids[at])) : unit.pictures;
    if (leaving.length > 0) plan.outcome.removed.push(told(unit.kind, pictures));
  }
  plan.remove = [...gone];
  return plan;
}

/** Rows of a unit that do not go with what is said now. A set stays, without the pictures that are the same. */
function contradictedBy(fresh: readonly Group[]) {
  const groupsWith = new Map<string, Group[]>();
  for (const group of fresh) {
    for (const one of group.pictures) groupsWith.set(one, [...(groupsWith.get(one) ?? []), group]);
  }
  return ({ kind, pictures, ids }: Unit): number[] => {
    const shared = new Map<Group, number[]>();
    for (const [at, one] of pictures.entries()) {
      for (const group of groupsWith.get(one) ?? []) {
        if ((group.kind === 'same') !== (kind === 'same')) shared.set(group, [...(shared.get(group) ?? []), at]);
      }
    }
    const together = [...shared.values()].filter((some) => some.length > 1);
    if (kind !== APART) return together.length > 0 ? ids : [];
    return [...new Set(together.flat())].map((at) => ids[at]);
  };
}

function rowsOf({ kind, pictures }: Pick<Unit, 'kind' | 'pictures'>, author: string | null, created_at: number) {
  const common = { kind, type: 'file', place: null, author, created_at };
  const ends = kind === APART ? membersOf(pictures) : [[pictures[0], pictures[1]]];
  return ends.map(([source, target]) => ({ ...common, source, target }));
}
