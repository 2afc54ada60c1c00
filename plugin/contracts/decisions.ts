/** All that editors decided, in one list: shared by server and admin. */
import type { Usage } from './admin';

/** As the list is filtered. */
export const DECISION_KINDS = ['pin', 'hide-here', 'hide-everywhere', 'same', 'different'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** An entry or file; without a label it has been deleted since. */
export type DecidedItem = Omit<Usage, 'label'> & { label?: string };

export interface Decision {
  /** By which it is undone. */
  id: number;
  kind: DecisionKind;
  /** What is shown, hidden, or judged. */
  item: DecidedItem;
  /** Where it is pinned or hidden, or the other picture of a verdict on two. */
  on?: DecidedItem;
  /** Of a pin, from 1. */
  place?: number;
  /** Of a verdict on a group: how many other pictures it is about. */
  others?: number;
  author?: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** `GET /similar/decisions?kind=&author=&page=&pageSize=`: the latest first. */
export interface DecisionsResponse {
  /** Those of the page that are about what this administrator may read. */
  decisions: Decision[];
  /** How many of the page are about something else. */
  unreadable: number;
  /** Of all pages. */
  total: number;
  /** Who has decided something: what `author` may be. */
  authors: string[];
}
