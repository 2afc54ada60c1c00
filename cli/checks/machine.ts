import { access, mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Check, Finding } from './check';

const MIB = 2 ** 20;
/** With less, the default configuration leaves Strapi little room. */
const AMPLE_MEMORY = 2_048 * MIB;
const LEAST_DISK = 1_024 * MIB;

const node: Check = {
  name: 'Node.js',
  async run() {
    const [major, minor] = process.versions.node.split('.').map(Number);
    const detail = `${process.version} on ${process.platform}-${process.arch}, ${cLibrary()}`;
    if (major > 20 ? major <= 24 : major === 20 && minor >= 10) return { state: 'ok', detail };
    return { state: 'problem', detail, remedy: 'Use Node 20 (20.10 or later), 22 or 24.' };
  },
};

function cLibrary(): string {
  if (process.platform !== 'linux') return os.release();
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ? `glibc ${header.glibcVersionRuntime}` : 'musl';
}

const memory: Check = {
  name: 'Memory',
  async run() {
    const limit = await containerLimit();
    return judgeMemory(Math.min(os.totalmem(), limit ?? Number.POSITIVE_INFINITY), limit !== undefined);
  },
};

export function judgeMemory(bytes: number, isLimit: boolean): Omit<Finding, 'name'> {
  const detail = `${Math.round(bytes / MIB)} MiB${isLimit ? ' in this container' : ''}, ${os.availableParallelism()} cores`;
  if (bytes >= AMPLE_MEMORY) return { state: 'ok', detail };
  const remedy = "Set preset: 'small' in the plugin's configuration, unless it is set already.";
  return { state: 'warning', detail, remedy };
}

/**
 * In bytes; none outside of containers, and none where it is not limited. A group's own limit, and those of the groups above it: inside a
 * container the own group may be shown as the root.
 */
export async function containerLimit(root = '/sys/fs/cgroup', self = '/proc/self/cgroup'): Promise<number | undefined> {
  const lines = (await readFile(self, 'utf8').catch(() => '')).trim().split('\n');
  let least = Number.POSITIVE_INFINITY;
  for (const [folder, file, group] of [
    [root, 'memory.max', lines.find((line) => line.startsWith('0::'))?.slice(3)],
    [
      path.join(root, 'memory'),
      'memory.limit_in_bytes',
      lines.find((line) => line.includes(':memory:'))?.split(':')[2],
    ],
  ] as const) {
    for (let at = group ?? '/'; ; at = path.dirname(at)) {
      const bytes = Number(await readFile(path.join(folder, at, file), 'utf8').catch(() => 'none'));
      if (bytes > 0) least = Math.min(least, bytes);
      if (at === '/') break;
    }
  }
  return least < os.totalmem() ? least : undefined;
}

const network: Check = {
  name: 'Proxy',
  async run() {
    const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'];
    const set = names.filter((name) => process.env[name]);
    if (set.length === 0) return { state: 'ok', detail: 'none' };
    // The values may hold passwords.
    return {
      state: 'ok',
      detail: `${set.join(', ')} ${set.length === 1 ? 'is' : 'are'} set; models are downloaded through ${set.length === 1 ? 'it' : 'them'}`,
    };
  },
};

export const folderCheck = (name: string, folder: string, remedy: string): Check => ({
  name,
  async run() {
    const there = await nearestThere(folder);
    try {
      // Rights say little: the folder may lie on a read-only or full disk, or be a file.
      await rm(await mkdtemp(path.join(there, '.similar-doctor-')), { recursive: true });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { state: 'problem', detail: `${there} is not writable (${code ?? message})`, remedy };
    }
    const { bavail, bsize } = await statfs(there);
    const detail = `${folder}, ${Math.round((bavail * bsize) / MIB)} MiB free`;
    if (bavail * bsize >= LEAST_DISK) return { state: 'ok', detail };
    return {
      state: 'warning',
      detail,
      remedy: 'Free some space: models, index and temporary files need about a gigabyte.',
    };
  },
});

/** The folder, or the nearest one above it that exists: it is made when it is needed. */
async function nearestThere(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const there = await access(at).then(
      () => true,
      () => false,
    );
    if (there || at === path.dirname(at)) return at;
  }
}

export const MACHINE: readonly Check[] = [
  node,
  memory,
  network,
  folderCheck('Temporary folder', os.tmpdir(), 'Set TMPDIR to a writable folder.'),
];
