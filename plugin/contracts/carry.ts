/** Decisions and settings that go from one environment to another in a file. */

import type { SettingKey } from './settings';

/** What a file of decisions may hold; a part that it lacks is left as it is. */
export const PARTS = ['settings', 'rules', 'verdicts'] as const;
export type Part = (typeof PARTS)[number];

/** A file or an entry, as far as it is known here. */
export interface ToldItem {
  /** `file`, or the uid of a content type; absent for what is gone. */
  type?: string;
  documentId?: string;
  /** Name of a file; title of an entry that is here and that whoever asks may see. */
  label?: string;
}

export interface ToldRule {
  kind: 'pin' | 'hide';
  item: ToldItem;
  /** Absent: everywhere. */
  on?: ToldItem;
  /** Of a pin, from 1. */
  place?: number;
}

export interface ToldVerdict {
  kind: 'same' | 'different';
  pictures: ToldItem[];
}

/** What a line of a report is about. */
export type Told = { kind: 'setting'; key: SettingKey } | ToldRule | ToldVerdict;

/** Why something of the file is left out. */
export type Reason =
  /** The configuration file sets it. */
  | 'fixed'
  | 'no-type'
  | 'no-entry'
  /** None has the hash, and no embedded picture the bytes. */
  | 'no-file'
  /** None has the hash, and more than one the bytes. */
  | 'many-files'
  /** All pictures of the verdict are one file here. */
  | 'one-file';

export interface Skipped {
  what: Told;
  why: Reason;
  /** What of it is not here. */
  item?: ToldItem;
}

/** What came, or would come, of one part of a file. */
export interface Outcome {
  added: Told[];
  changed: Told[];
  removed: Told[];
  skipped: Skipped[];
  /** As the file has them. */
  unchanged: number;
}

/** `POST /similar/decisions/file`: of the parts that the file has. */
export type CarryReport = Partial<Record<Part, Outcome>>;
