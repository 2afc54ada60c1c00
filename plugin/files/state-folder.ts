import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from './make-folder';

/**
 * Makes the folder for index files, and keeps it out of git, as it often lies in a project's public folder. A folder that is there
 * already is somebody's: nothing is written into it.
 */
export async function makeStateFolder(stateDir: string): Promise<void> {
  if (existsSync(stateDir)) return;
  await makeFolder(stateDir);
  await writeFile(path.join(stateDir, '.gitignore'), '*\n', { flag: 'wx' });
}
