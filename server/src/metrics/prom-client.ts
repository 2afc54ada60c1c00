import { createRequire } from 'node:module';
import path from 'node:path';
import type * as PromClient from 'prom-client';

/**
 * The project's prom-client, which is optional.
 * @param folders where it is looked for, as code in them would.
 * @returns undefined where it is not installed.
 */
export function loadPromClient(folders: readonly string[]): typeof PromClient | undefined {
  for (const folder of folders) {
    const from = createRequire(path.join(folder, 'index.js'));
    let file: string;
    try {
      file = from.resolve('prom-client');
    } catch {
      continue;
    }
    return from(file);
  }
  return undefined;
}
