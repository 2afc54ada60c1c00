/** What editors decided about similar items, shared by server and admin. Types only. */

interface RuleBase {
  /** What is shown or hidden: the uid of a content type, or `file`. */
  type: string;
  /** documentId of the item that is shown or hidden. */
  target: string;
}

/** Shown with one item at a fixed position, whatever it looks like. */
export interface Pin extends RuleBase {
  kind: 'pin';
  /** documentId of the item for which it is shown. */
  source: string;
  /** From 1. */
  place: number;
}

export interface Hide extends RuleBase {
  kind: 'hide';
  /** documentId of the item for which it is never shown; absent: it is shown nowhere. */
  source?: string;
}

/** Whether two pictures that look alike are the same thing; of both, `source` has the smaller documentId. */
export interface Verdict extends RuleBase {
  kind: 'same' | 'different';
  source: string;
}

export type Rule = Pin | Hide | Verdict;

export type StoredRule = Rule & {
  /** Who made it, as the admin shows people. */
  author?: string;
  /** Milliseconds since 1970. */
  createdAt: number;
};
