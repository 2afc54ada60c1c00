import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { isDead } from '../../../plugin/processes/dead-process';

/** The name says whose it is: one of a process that was killed has nobody else to remove it. */
const prefix = () => `similar-picture-${hostname().replace(/[^\w.-]/g, '_')}-`;

const mine = new Set<string>();

const remove = (folder: string) => rm(folder, { recursive: true, force: true });

export interface TempFolder {
  path: string;
  remove(): Promise<void>;
}

export async function makeTempFolder(): Promise<TempFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), `${prefix()}${process.pid}-`));
  mine.add(folder);
  return {
    path: folder,
    async remove() {
      await remove(folder);
      mine.delete(folder);
    },
  };
}

/** Removes those of processes on this host that have ended. In a container the process before had the same id. */
export async function removeAbandoned(): Promise<void> {
  const start = prefix();
  for (const name of await readdir(tmpdir())) {
    const folder = path.join(tmpdir(), name);
    const pid = name.startsWith(start) ? Number(/^(\d+)-\w{6}$/.exec(name.slice(start.length))?.[1]) : Number.NaN;
    if (Number.isNaN(pid) || mine.has(folder)) continue;
    if (pid === process.pid || isDead({ host: hostname(), pid })) await remove(folder);
  }
}
