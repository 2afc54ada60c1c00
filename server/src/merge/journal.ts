import { randomUUID } from 'node:crypto';
import type { Merge, MergeState } from '../../../plugin/contracts/merge';
import { SimilarError } from '../../../plugin/errors';
import type { FileId, Records } from '../../../plugin/ports';
import { agree } from '../../../plugin/spaces/agree';
import type { Edit } from './edits';

/** All of a merge, written before anything else is. */
export interface Entry {
  id: string;
  state: MergeState;
  /** Ms since 1970. */
  at: number;
  until: number;
  author: string | null;
  editor: number | null;
  keep: FileId;
  remove: FileId[];
  /** Of all of these files. */
  names: Record<FileId, string>;
  /** None any more once it has ended. */
  edits: Edit[];
  /** References that it is about. */
  changes: number;
  left: number;
  kept: FileId[];
  /** Who works on it, and until when nobody else does. */
  worker?: string;
  workerUntil?: number;
}

/** What is always read together: which merges there are. */
interface Listed {
  id: string;
  isOpen: boolean;
  keep: FileId;
  remove: FileId[];
}

/** Whether one takes away what the other needs. */
const collide = (a: Pick<Listed, 'keep' | 'remove'>, b: Pick<Listed, 'keep' | 'remove'>): boolean =>
  a.remove.some((id) => id === b.keep || b.remove.includes(id)) || b.remove.includes(a.keep);

const LIST = 'merges';
const nameOf = (id: string) => `merge-${id}`;
/** Ended ones beyond that are forgotten. */
const MOST_LISTED = 200;
/** A node that has not said for so long that it works on a merge has ended. */
export const LEASE_MS = 60_000;
const OPEN: readonly MergeState[] = ['running', 'merged', 'deleting', 'undoing'];

export const isOpen = ({ state }: Pick<Entry, 'state'>): boolean => OPEN.includes(state);

/** Writes down how far it is. */
export type Save = (changes?: Partial<Entry>) => Promise<Entry>;

export interface JournalDeps {
  records: () => Promise<Records>;
  now: () => Promise<number>;
}

/** Merges in the table of records, for all nodes. */
export function createJournal({ records, now }: JournalDeps) {
  const node = randomUUID();

  async function list(): Promise<Listed[]> {
    return (await (await records()).read<{ merges: Listed[] }>(LIST))?.value.merges ?? [];
  }

  async function read(id: string): Promise<Entry | undefined> {
    return (await (await records()).read<Entry>(nameOf(id)))?.value;
  }

  async function change(id: string, next: (now: Entry) => Entry | undefined): Promise<Entry> {
    const entry = await agree<Entry>(await records(), nameOf(id), (known) => known && next(known));
    if (!entry) throw new SimilarError('NOT_FOUND', `There is no merge ${id}`, { id });
    return entry;
  }

  /** @throws SimilarError `MERGE_OPEN` when another one works on it, `NOT_FOUND` */
  async function claim(id: string): Promise<Entry> {
    const at = await now();
    return change(id, (entry) => {
      if (entry.worker !== undefined && (entry.workerUntil ?? 0) > at) {
        throw new SimilarError('MERGE_OPEN', `The merge ${id} is being worked on`, { id });
      }
      return { ...entry, worker: node, workerUntil: at + LEASE_MS };
    });
  }

  return {
    read,

    /** The newest first. */
    async all(): Promise<Entry[]> {
      const found: Entry[] = [];
      for (const { id } of await list()) {
        const entry = await read(id);
        if (entry) found.push(entry);
      }
      return found;
    },

    /** Ids of those that have not ended, the oldest first. */
    open: async (): Promise<string[]> =>
      (await list())
        .filter((one) => one.isOpen)
        .map(({ id }) => id)
        .reverse(),

    /** Files that merges take away: they are in the library until each of them ends. */
    leaving: async (): Promise<Set<FileId>> =>
      new Set((await list()).flatMap(({ isOpen, remove }) => (isOpen ? remove : []))),

    /** From here on it will be gone on with, whatever ends the process. @throws SimilarError `MERGE_OPEN` */
    async begin(entry: Omit<Entry, 'id'>): Promise<Entry> {
      const id = randomUUID();
      const { keep, remove } = entry;
      const whole: Entry = { ...entry, id, worker: node, workerUntil: (await now()) + LEASE_MS };
      const own = await records();
      await own.write(nameOf(id), whole, 0);
      let dropped: string[] = [];
      await agree<{ merges: Listed[] }>(own, LIST, (known) => {
        const merges = known?.merges ?? [];
        const other = merges.find((one) => one.isOpen && collide(one, entry));
        if (other) throw new SimilarError('MERGE_OPEN', `The merge ${other.id} is about one of these pictures`);
        const ended = merges.filter((one) => !one.isOpen).slice(MOST_LISTED);
        dropped = ended.map((one) => one.id);
        return { merges: [{ id, isOpen: true, keep, remove }, ...merges.filter((one) => !ended.includes(one))] };
      }).catch(async (error) => {
        await own.write(nameOf(id), { id, edits: [] }, 1);
        throw error;
      });
      for (const old of dropped) await agree(own, nameOf(old), () => ({ id: old, edits: [] }));
      return whole;
    },

    /**
     * Works on it as the only one. What `work` gets writes down how far it is, and fails once somebody else has taken over.
     * @param begun what `begin` has given out.
     * @throws SimilarError `MERGE_OPEN`, `NOT_FOUND`
     */
    async working<T>(id: string, work: (entry: Entry, save: Save) => Promise<T>, begun?: Entry): Promise<T> {
      const entry = begun ?? (await claim(id));
      const save = async (changes: Partial<Entry> = {}) => {
        const at = await now();
        return change(id, (known) => {
          if (known.worker !== node)
            throw new SimilarError('MERGE_OPEN', `Another node works on the merge ${id}`, { id });
          return { ...known, ...changes, workerUntil: at + LEASE_MS };
        });
      };
      try {
        return await work(entry, save);
      } finally {
        await end(id);
      }
    },
  };

  /** The work has stopped, for whatever reason; the merge itself may have ended, too. */
  async function end(id: string): Promise<void> {
    const entry = await change(id, (known) =>
      known.worker === node ? { ...known, worker: undefined, workerUntil: undefined } : undefined,
    );
    if (isOpen(entry)) return;
    await agree<{ merges: Listed[] }>(await records(), LIST, (known) => ({
      merges: (known?.merges ?? []).map((one) => (one.id === id ? { ...one, isOpen: false } : one)),
    }));
  }
}

export type Journal = ReturnType<typeof createJournal>;

export const shown = ({ id, state, at, until, author, keep, remove, names, changes, left, kept }: Entry): Merge => ({
  ...{ id, state, author, keep, remove, names, changes, left, kept },
  at: new Date(at).toISOString(),
  until: new Date(until).toISOString(),
});
