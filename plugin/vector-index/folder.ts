import { createHash } from 'node:crypto';
import path from 'node:path';
import { remove } from '../files/remove';
import type { SpaceId } from '../ports';

/** Folder of a space's files: readable, and different for any two spaces. */
export function indexFolder(stateDir: string, space: SpaceId): string {
  const digest = createHash('sha256').update(space).digest('hex').slice(0, 8);
  return path.join(stateDir, `${space.replace(/[^\w.-]+/g, '-').slice(0, 80)}-${digest}`);
}

/** Deletes the files of a space whose index is not open. */
export async function removeIndexFiles(stateDir: string, space: SpaceId): Promise<void> {
  await remove(indexFolder(stateDir, space));
}
