import type { Logger, SpaceId } from '../ports';
import { type Layout, readLayout, stampOf, writeLayout } from './file';

const EMPTY: Layout = { spots: new Map(), by: '', laidOut: 0, changes: 0 };

export interface KeptLayoutDeps {
  space: SpaceId;
  file: string;
  logger: Logger;
}

/** The layout that is shown: in memory, and in a file, which another node may write as well. */
export function createKeptLayout({ space, file, logger }: KeptLayoutDeps) {
  let layout = EMPTY;
  let fileStamp: string | undefined;
  return {
    get current(): Layout {
      return layout;
    },

    /** Another node may have written a newer one. */
    async load(): Promise<void> {
      const stamp = await stampOf(file);
      if (stamp === fileStamp) return;
      const read = await readLayout(file, space);
      fileStamp = stamp;
      if (read.layout) layout = read.layout;
      if (read.problem) logger.warn(`The saved map of ${space} is laid out again: ${read.problem}`);
    },

    async keep(next: Layout): Promise<void> {
      layout = next;
      try {
        await writeLayout(file, space, next);
        fileStamp = await stampOf(file);
      } catch (error) {
        logger.warn(`The map of ${space} is only kept in memory: ${(error as Error).message}`);
      }
    },
  };
}
