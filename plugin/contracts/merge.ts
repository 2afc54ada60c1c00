/** One reference to a picture that goes, and what it becomes. */
export interface MergeChange {
  uid: string;
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
  /** The first 500. */
  changes: MergeChange[];
  total: number;
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
  /** References that it is about. */
  changes: number;
  /** Of those, how many could not be changed, or not be put back, because somebody had changed them or Strapi refused. */
  left: number;
  /** Files that stayed. */
  kept: number[];
}

/** `GET /similar/duplicates/merges`: the newest first. */
export interface MergesResponse {
  merges: Merge[];
}
