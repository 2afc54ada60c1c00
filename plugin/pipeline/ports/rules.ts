import type { Rule, StoredRule } from '../../contracts/rules';

/** What editors decided about similar items. */
export interface Rules {
  /** Those about what is shown beside `source` (undefined: beside a picture that is not in the library), pins by place. */
  concerning(type: string, source: string | undefined): Promise<StoredRule[]>;
  list(kinds: ReadonlyArray<Rule['kind']>): Promise<StoredRule[]>;
  /** Replaces a rule of the same kind about the same items. */
  set(rule: Rule, author?: string): Promise<void>;
  /** @returns whether there was such a rule. */
  remove(rule: Omit<Rule, 'place'>): Promise<boolean>;
}
