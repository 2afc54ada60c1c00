import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * Finds a package that the project may have installed.
 * @param folders where it is looked for, as code in them would.
 * @returns its main file, and what loads that; undefined where it is not installed.
 */
export function findPeer(name: string, folders: readonly string[]): { file: string; load: NodeJS.Require } | undefined {
  for (const folder of folders) {
    const load = createRequire(path.join(folder, 'index.js'));
    try {
      return { file: load.resolve(name), load };
    } catch {}
  }
  return undefined;
}
