import type { AdminPicture } from './admin';

/** One reference to a picture that goes, and what it becomes. */
export interface MergeChange {
  uid: string;
  /** As the content manager calls the type. */
  typeName: string;
  /** The only entry of its type. */
  single?: boolean;
  /** Of a type that the content manager does not show: it has no page there. */
  hidden?: boolean;
  documentId: string;
  locale: string | null;
  status: 'draft' | 'published';
  /** The entry's title. It, the documentId and the path are empty where this administrator may not read the entry. */
  label: string;
  /** Where in the entry, such as `blocks.2.image`; places in lists count from 0. */
  path: string;
  /** `richtext`: the address in any text. `blocks`: in blocks or other JSON. */
  kind: 'media' | 'richtext' | 'blocks';
  from: number;
  to: number;
  allowed: boolean;
  /** Why it is not allowed: this administrator may not change it, or the text names the file in a way that cannot be changed safely. */
  reason?: 'permission' | 'unreachable';
}

/** `POST /similar/duplicates/merge/plan` */
export interface MergePlan {
  /** Names what was found. The merge is refused when that has changed. */
  plan: string;
  keep: number;
  remove: number[];
  /** The first 500, those that block it before all others. */
  changes: MergeChange[];
  total: number;
  /** In how many entries. */
  entries: number;
  /** How many of all changes are not allowed. */
  refused: number;
}

/**
 * `running`: references are being changed. `merged`: they are, and the files are still there. `deleting`: some files are gone. `done`: all
 * are. `kept`: some stayed, because something refers to them. `undoing`, `undone`: references are being put back, or are.
 */
export type MergeState = 'running' | 'merged' | 'deleting' | 'done' | 'kept' | 'undoing' | 'undone';

export interface Merge {
  id: string;
  state: MergeState;
  /** ISO times: when it was asked for, and until when it can be undone. */
  at: string;
  until: string;
  author: string | null;
  keep: number;
  remove: number[];
  /** Of all of its files, by id: also of those that are gone. */
  names: Record<number, string>;
  /** References that it is about. */
  changes: number;
  /** Of those, how many could not be changed, or not be put back, because somebody had changed them or Strapi refused. */
  left: number;
  /** Files that stayed. */
  kept: number[];
}

/** `GET /similar/duplicates/merges?page=&pageSize=`: the newest first. */
export interface MergesResponse {
  merges: Merge[];
  total: number;
  /** Those files of these merges that are still there. */
  pictures: AdminPicture[];
}
