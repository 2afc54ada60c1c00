/** What came, or would come, of one part of a file. Each is told in words. */
export interface Outcome {
  added: string[];
  changed: string[];
  removed: string[];
  skipped: Array<{ what: string; why: string }>;
  /** As the file has them. */
  unchanged: number;
}

export const nothingYet = (): Outcome => ({ added: [], changed: [], removed: [], skipped: [], unchanged: 0 });

/** Whether the database is, or would be, another one afterwards. */
export const changesAnything = ({ added, changed, removed }: Outcome): boolean =>
  added.length + changed.length + removed.length > 0;
