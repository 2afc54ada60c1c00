import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/ports';
import type { Access } from '../access/content-api';
import { documents } from '../util/documents';
import { inChunks } from '../util/in-chunks';
import { filesOf, filterOf, type PictureType, populateOf } from './content-types';
import type { DefaultLocale } from './default-locale';
import { OTHER_NODES_MS, TtlCache } from './ttl-cache';

/** An entry and its pictures. */
export interface EntryPictures {
  documentId: string;
  pictures: FileId[];
}

export interface EntryVersion {
  access: Pick<Access, 'status'>;
  locale?: string;
}

/** Per version. */
const MAX_ENTRIES = 50_000;
/** Locales are whatever a request names: there may be many. */
const MAX_VERSIONS = 200;

/** What is remembered of one content type in one state and locale. */
interface Known {
  holders: TtlCache<FileId, EntryPictures[]>;
  entries: TtlCache<string, EntryPictures>;
  findHolders(fileId: FileId): Promise<EntryPictures[] | undefined>;
  findEntry(documentId: string): Promise<EntryPictures | undefined>;
}

export interface EntryPicturesLookupDeps {
  strapi: Core.Strapi;
  defaultLocale: DefaultLocale;
}

/**
 * Which entries hold which pictures: needed by every search, and seldom changed. What is shown of an entry is always
 * read from the database.
 */
export function createEntryPictures({ strapi, defaultLocale }: EntryPicturesLookupDeps) {
  const versions = new Map<string, Known>();

  async function read(type: PictureType, filters: object, { access, locale }: EntryVersion): Promise<EntryPictures[]> {
    const language = locale ?? (await defaultLocale.of(type.uid));
    const rows = await documents(strapi, type.uid).findMany({
      filters,
      status: access.status,
      ...(language && { locale: language }),
      fields: ['documentId'],
      populate: populateOf(type, { fields: ['mime'] }),
      sort: 'id:asc',
    });
    return rows.map((row) => {
      const files = filesOf<{ id: FileId; mime?: string | null }>(type, row);
      const pictures = files.filter(({ mime }) => mime?.startsWith('image/')).map(({ id }) => id);
      return { documentId: row.documentId, pictures };
    });
  }

  function knownOf(type: PictureType, { access, locale }: EntryVersion): Known {
    const name = `${type.uid} ${access.status} ${locale ?? ''}`;
    let known = versions.get(name);
    if (!known) {
      if (versions.size >= MAX_VERSIONS) versions.clear();
      // Not the request's own access object, which would be kept with it.
      known = create(type, { access: { status: access.status }, locale });
      versions.set(name, known);
    }
    return known;
  }

  function create(type: PictureType, version: EntryVersion): Known {
    const holders = new TtlCache<FileId, EntryPictures[]>(OTHER_NODES_MS, MAX_ENTRIES);
    const entries = new TtlCache<string, EntryPictures>(OTHER_NODES_MS, MAX_ENTRIES);

    async function readHolders(fileIds: FileId[]): Promise<Map<FileId, EntryPictures[]>> {
      const keep = holders.begin();
      const found = new Map<FileId, EntryPictures[]>(fileIds.map((id) => [id, []]));
      for (const holder of await read(type, filterOf(type, fileIds), version)) {
        for (const id of holder.pictures) found.get(id)?.push(holder);
      }
      for (const [id, rows] of found) keep(id, rows);
      return found;
    }

    async function readEntries(ids: string[]): Promise<Map<string, EntryPictures>> {
      const keep = entries.begin();
      const rows = await read(type, { documentId: { $in: ids } }, version);
      // What does not exist is not remembered: guesses would fill the memory.
      for (const holder of rows) keep(holder.documentId, holder);
      return new Map(rows.map((holder) => [holder.documentId, holder]));
    }

    return { holders, entries, findHolders: inChunks(readHolders), findEntry: inChunks(readEntries) };
  }

  return {
    /** The entries that hold any of these pictures, each once. */
    async holding(type: PictureType, fileIds: readonly FileId[], version: EntryVersion): Promise<EntryPictures[]> {
      const { holders, findHolders } = knownOf(type, version);
      const found = new Map<string, EntryPictures>();
      const unknown: FileId[] = [];
      for (const id of fileIds) {
        const known = holders.get(id);
        if (!known) unknown.push(id);
        for (const holder of known ?? []) found.set(holder.documentId, holder);
      }
      for (const rows of await Promise.all(unknown.map(findHolders))) {
        for (const holder of rows ?? []) found.set(holder.documentId, holder);
      }
      return [...found.values()];
    },

    async entry(type: PictureType, documentId: string, version: EntryVersion): Promise<EntryPictures | undefined> {
      const { entries, findEntry } = knownOf(type, version);
      return entries.get(documentId) ?? findEntry(documentId);
    },

    /** Entries have changed. What is being read right now is outdated, and is kept where nobody looks any more. */
    forget: () => versions.clear(),
  };
}

export type EntryPicturesLookup = ReturnType<typeof createEntryPictures>;
