import type { Outcome } from '../../../plugin/contracts/carry';

export const nothingYet = (): Outcome => ({ added: [], changed: [], removed: [], skipped: [], unchanged: 0 });

/** Whether the database is, or would be, another one afterwards. */
export const changesAnything = ({ added, changed, removed }: Outcome): boolean =>
  added.length + changed.length + removed.length > 0;
