import { rm } from 'node:fs/promises';

/** Removes a file or folder of ours. There is none where there cannot be one: below what is no folder. */
export async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch((error) => {
    if (error.code !== 'ENOTDIR') throw error;
  });
}
