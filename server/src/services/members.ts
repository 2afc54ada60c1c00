import type { Core } from '@strapi/strapi';
import { gather } from '../../../plugin/gather';
import type { FileId } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import { getService } from '../util/get-service';
import type { Reader } from '../util/reader';
import { OTHER_NODES_MS, ShortMemory } from '../util/short-memory';
import { filesOf, filterOf, type PictureType, populateOf } from './content-types';

/** An entry and its pictures. */
export interface Member {
  documentId: string;
  pictures: FileId[];
}

export interface View {
  reader: Pick<Reader, 'status'>;
  locale?: string;
}

/** Per view. */
const MAX_ENTRIES = 50_000;
/** Locales are whatever a request names: there may be many. */
const MAX_VIEWS = 200;

/** What is remembered of one content type in one state and locale. */
interface Known {
  holders: ShortMemory<FileId, Member[]>;
  entries: ShortMemory<string, Member>;
  findHolders(fileId: FileId): Promise<Member[]>;
  findEntry(documentId: string): Promise<Member | undefined>;
}

/**
 * Which entries hold which pictures: asked for by every search, and seldom changed. What is shown of an entry is always read
 * anew.
 */
const membersService = ({ strapi }: { strapi: Core.Strapi }) => {
  const views = new Map<string, Known>();

  async function read(type: PictureType, filters: object, { reader, locale }: View): Promise<Member[]> {
    const language = locale ?? (await getService(strapi, 'default-locale').of(type.uid));
    const rows = (await strapi.documents(type.uid as never).findMany({
      filters,
      status: reader.status,
      ...(language && { locale: language }),
      fields: ['documentId'],
      populate: populateOf(type, { fields: ['mime'] }),
      sort: 'id:asc',
    } as never)) as Array<{ documentId: string }>;
    return rows.map((row) => {
      const files = filesOf<{ id: FileId; mime?: string | null }>(type, row);
      const pictures = files.filter(({ mime }) => mime?.startsWith('image/')).map(({ id }) => id);
      return { documentId: row.documentId, pictures };
    });
  }

  function knownOf(type: PictureType, { reader, locale }: View): Known {
    const name = `${type.uid} ${reader.status} ${locale ?? ''}`;
    let known = views.get(name);
    if (!known) {
      if (views.size >= MAX_VIEWS) views.clear();
      // Not the request's own reader, which would be kept with it.
      known = create(type, { reader: { status: reader.status }, locale });
      views.set(name, known);
    }
    return known;
  }

  function create(type: PictureType, view: View): Known {
    const holders = new ShortMemory<FileId, Member[]>(OTHER_NODES_MS, MAX_ENTRIES);
    const entries = new ShortMemory<string, Member>(OTHER_NODES_MS, MAX_ENTRIES);

    async function readHolders(fileIds: FileId[]): Promise<Map<FileId, Member[]>> {
      const keep = holders.keeper();
      const found = new Map<FileId, Member[]>(fileIds.map((id) => [id, []]));
      for (const member of await read(type, filterOf(type, fileIds), view)) {
        for (const id of member.pictures) found.get(id)?.push(member);
      }
      for (const [id, members] of found) keep(id, members);
      return found;
    }

    async function readEntries(ids: string[]): Promise<Map<string, Member>> {
      const keep = entries.keeper();
      const members = await read(type, { documentId: { $in: ids } }, view);
      // What does not exist is not remembered: guesses would fill the memory.
      for (const member of members) keep(member.documentId, member);
      return new Map(members.map((member) => [member.documentId, member]));
    }

    return { holders, entries, findHolders: inChunks(readHolders), findEntry: inChunks(readEntries) };
  }

  return {
    /** The entries that hold any of these pictures, each once. */
    async holding(type: PictureType, fileIds: readonly FileId[], view: View): Promise<Member[]> {
      const { holders, findHolders } = knownOf(type, view);
      const found = new Map<string, Member>();
      const unknown: FileId[] = [];
      for (const id of fileIds) {
        const known = holders.get(id);
        if (!known) unknown.push(id);
        for (const member of known ?? []) found.set(member.documentId, member);
      }
      for (const members of await Promise.all(unknown.map(findHolders))) {
        for (const member of members) found.set(member.documentId, member);
      }
      return [...found.values()];
    },

    async entry(type: PictureType, documentId: string, view: View): Promise<Member | undefined> {
      const { entries, findEntry } = knownOf(type, view);
      return entries.get(documentId) ?? findEntry(documentId);
    },

    /** Entries have changed. What is being read just now is of before, and is kept where nobody looks any more. */
    forget: () => views.clear(),
  };
};

/** What the ids of a batch ask for in one turn becomes one query. */
function inChunks<Key, Found>(find: (keys: Key[]) => Promise<Map<Key, Found>>): (key: Key) => Promise<Found> {
  return gather(async (asked: Key[]) => {
    const keys = [...new Set(asked)];
    const found = new Map<Key, Found>();
    for (const some of chunks(keys)) for (const [key, value] of await find(some)) found.set(key, value);
    return asked.map((key) => found.get(key) as Found);
  });
}

export default membersService;
