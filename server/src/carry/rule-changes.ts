import type { Outcome, ToldItem, ToldRule } from '../../../plugin/contracts/carry';
import type { NewRow, StoredRow } from '../../../plugin/store/rule-rows';
import { nothingYet } from './report';

/** A pin or a hide of the file, of items that are here. */
export interface WantedRule {
  kind: 'pin' | 'hide';
  type: string;
  /** Empty: everywhere. */
  source: string;
  target: string;
  place: number | null;
  author: string | null;
}

export interface PlannedRows {
  remove: number[];
  put: NewRow[];
  outcome: Outcome;
}

export interface PlanOptions {
  /** What is here and not wanted goes. */
  replace: boolean;
  now: number;
  /** An item for people. */
  named: (documentId: string) => ToldItem;
}

export const isRule = ({ kind }: Pick<StoredRow, 'kind'>) => kind === 'pin' || kind === 'hide';

const keyOf = ({ kind, type, source, target }: Omit<WantedRule, 'place' | 'author' | 'kind'> & { kind: string }) =>
  JSON.stringify([kind, type, source, target]);

/** Who decided is no difference: a rule that is here and says the same stays. */
export function planRules(
  there: readonly StoredRow[],
  wanted: readonly WantedRule[],
  { replace, now, named }: PlanOptions,
): PlannedRows {
  const plan: PlannedRows = { remove: [], put: [], outcome: nothingYet() };
  const { outcome } = plan;
  const rows = there.filter(isRule);
  const known = new Map(rows.map((row) => [keyOf(row), row]));
  const asked = new Map(wanted.map((rule) => [keyOf(rule), rule]));
  for (const [key, rule] of asked) {
    const row = known.get(key);
    if (row && row.place === rule.place) {
      outcome.unchanged++;
      continue;
    }
    (row ? outcome.changed : outcome.added).push(told(rule, named));
    plan.put.push({ ...rule, created_at: now });
  }
  if (!replace) return plan;
  for (const row of rows) {
    if (asked.has(keyOf(row))) continue;
    plan.remove.push(row.id);
    outcome.removed.push(told(row, named));
  }
  return plan;
}

function told(
  { kind, source, target, place }: Omit<WantedRule, 'author' | 'kind' | 'type'> & { kind: string },
  named: PlanOptions['named'],
): ToldRule {
  return {
    kind: kind as ToldRule['kind'],
    item: named(target),
    ...(source && { on: named(source) }),
    ...(place && { place }),
  };
}
