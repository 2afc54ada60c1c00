import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeAtomic } from '../plugin/files/atomic-file';
import { UsageError } from './command';

interface Key {
  type: string;
  documentId: string;
  locale?: string;
}

interface Told extends Key {
  similar: ReadonlyArray<{ documentId: string; source: string }>;
}

/** What an export has told of each entry, for the next one to tell only what is different. */
export interface ExportState {
  /** Whether it has other look-alikes than last time, or another order of them; notes what it has now. */
  isNews(entry: Told): boolean;
  /** Entries of last time that did not come up this time. */
  gone(): Key[];
  /** Once everything is written: what was not told is told next time. */
  save(): Promise<void>;
}

const HEAD = 'similar-export 1';

/** @throws UsageError for a file that is something else. */
export async function readExportState(file: string): Promise<ExportState> {
  const before = await read(file);
  const now = new Map<string, string>();
  return {
    isNews(entry) {
      const key = keyOf(entry);
      const digest = digestOf(entry);
      now.set(key, digest);
      return before.get(key) !== digest;
    },
    gone: () => [...before.keys()].filter((key) => !now.has(key)).map(parseKey),
    save: () =>
      writeAtomic(file, async (handle) => {
        const lines = [...now].map(([key, digest]) => `${digest} ${key}\n`);
        await handle.writeFile(`${HEAD}\n${lines.join('')}`);
      }),
  };
}

async function read(file: string): Promise<Map<string, string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  });
  if (text === undefined) return new Map();
  const [head, ...lines] = text.split('\n');
  const known = lines.filter((line) => line !== '').map((line) => /^([0-9a-f]{16}) (\S+ \S+ \S*)$/.exec(line));
  if (head !== HEAD || known.some((match) => match === null)) {
    throw new UsageError(`Expected a file that an earlier export has written for --since, but ${file} is not one.`);
  }
  return new Map((known as RegExpExecArray[]).map(([, digest, key]) => [key, digest]));
}

const keyOf = ({ type, documentId, locale = '' }: Key) => `${type} ${documentId} ${locale}`;

function parseKey(key: string): Key {
  const [type, documentId, locale] = key.split(' ');
  return { type, documentId, ...(locale && { locale }) };
}

/** As for the webhook, another similarity alone is no news. */
function digestOf({ similar }: Told): string {
  const told = JSON.stringify(similar.map(({ documentId, source }) => [documentId, source]));
  return createHash('sha256').update(told).digest('hex').slice(0, 16);
}
