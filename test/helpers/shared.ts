import { existsSync } from 'node:fs';
import path from 'node:path';

/** Folder of photos and models that may lie next to the repository. */
export function sharedDir(): string | undefined {
  const folder = path.resolve(__dirname, '../../../shared');
  return existsSync(folder) ? folder : undefined;
}
