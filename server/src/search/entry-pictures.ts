import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/ports';
import type { Weights } from '../../../plugin/search/weights';
import { chunks } from '../../../plugin/store/chunks';
import type { Access } from '../access/content-api';
import { inChunks } from '../util/in-chunks';
import { isLocalized } from '../util/locales';
import { inState } from '../util/models';
import { picturesAmong } from '../util/pictures';
import { byWeight, type PictureType } from './content-types';
import type { DefaultLocale } from './default-locale';
import type { PictureRelations, RowId } from './picture-relations';
import { OTHER_NODES_MS, TtlCache } from './ttl-cache';

/** An entry and its pictures, or those of them that were asked for. */
export interface EntryPictures {
  documentId: string;
  pictures: FileId[];
  /** With all its pictures: how much each counts, where the type weighs its paths. */
  weights?: Weights;
}

export interface EntryVersion {
  access: Pick<Access, 'status'>;
  locale?: string;
}

/** Of a picture that thousands of entries share, nobody wants to see all. */
export interface Enough {
  /** Entries per picture, at the most. */
  count: number;
  /** Which of them count. */
  accepts(documentId: string): boolean;
}

export interface EntryRow {
  id: RowId;
  documentId: string;
}

/** Per version. */
const MAX_ENTRIES = 50_000;
/** Locales are whatever a request names: there may be many. */
const MAX_VERSIONS = 200;

/** What is remembered of one content type in one state and locale. */
interface Known {
  /** Another object once the configuration has changed, which may look at other pictures. */
  type: PictureType;
  /** Of pictures that few entries hold. */
  holders: TtlCache<FileId, string[]>;
  entries: TtlCache<string, EntryPictures>;
  /** Undefined for a picture that many entries hold. */
  findHolders(fileId: FileId): Promise<string[] | undefined>;
  findEntry(documentId: string): Promise<EntryPictures | undefined>;
}

export interface EntryPicturesLookupDeps {
  strapi: Core.Strapi;
  defaultLocale: DefaultLocale;
  relations: PictureRelations;
}

/**
 * Which entries hold which pictures: needed by every search, and seldom changed. What is shown of an entry is always read
 * again.
 */
export function createEntryPictures({ strapi, defaultLocale, relations }: EntryPicturesLookupDeps) {
  const versions = new Map<string, Known>();

  /** Not through the document service, which opens a transaction for each read: this is asked by every search. */
  async function rowsOf({ uid }: PictureType, own: object, { access, locale }: EntryVersion): Promise<EntryRow[]> {
    const language = isLocalized(strapi, uid) && (locale ?? (await defaultLocale.of(uid)));
    const where = { ...own, ...inState(strapi, uid, access.status), ...(language && { locale: language }) };
    return strapi.db.query(uid).findMany({ select: ['id', 'documentId'], where, orderBy: { id: 'asc' } });
  }

  function knownOf(type: PictureType, { access, locale }: EntryVersion): Known {
    const name = `${type.uid} ${access.status} ${locale ?? ''}`;
    let known = versions.get(name);
    if (known?.type !== type) {
      if (versions.size >= MAX_VERSIONS) versions.clear();
      // Not the request's own access object, which would be kept with it.
      known = create(type, { access: { status: access.status }, locale });
      versions.set(name, known);
    }
    return known;
  }

  function create(type: PictureType, version: EntryVersion): Known {
    const holders = new TtlCache<FileId, string[]>(OTHER_NODES_MS, MAX_ENTRIES);
    const entries = new TtlCache<string, EntryPictures>(OTHER_NODES_MS, MAX_ENTRIES);

    async function readHolders(fileIds: FileId[]): Promise<Map<FileId, string[]>> {
      const keep = holders.begin();
      const { rows, shared } = await relations.rowsHolding(type, fileIds);
      const few = fileIds.filter((id) => !shared.has(id));
      const found = new Map<FileId, string[]>(few.map((id) => [id, []]));
      for (const ids of chunks([...rows.keys()])) {
        for (const { id, documentId } of await rowsOf(type, { id: { $in: ids } }, version)) {
          for (const fileId of rows.get(id) ?? []) found.get(fileId)?.push(documentId);
        }
      }
      for (const [id, documentIds] of found) keep(id, documentIds);
      return found;
    }

    async function readEntries(ids: string[]): Promise<Map<string, EntryPictures>> {
      const keep = entries.begin();
      const rows = await rowsOf(type, { documentId: { $in: ids } }, version);
      const files = await relations.filesOf(
        type,
        rows.map(({ id }) => id),
      );
      const pictures = await picturesAmong(
        strapi,
        [...files.values()].flatMap((own) => own.pictures),
      );
      const found = rows.map(({ id, documentId }): EntryPictures => {
        const own = files.get(id) ?? { pictures: [] };
        return { documentId, ...own, pictures: own.pictures.filter((fileId) => pictures.has(fileId)) };
      });
      // What does not exist is not remembered: guesses would fill the memory.
      for (const entry of found) keep(entry.documentId, entry);
      return new Map(found.map((entry) => [entry.documentId, entry]));
    }

    return { type, holders, entries, findHolders: inChunks(readHolders), findEntry: inChunks(readEntries) };
  }

  /** Reads of a picture that many rows hold until there are enough: of each weight, as those of another one rank elsewhere. */
  async function readShared<Found extends EntryRow>(
    type: PictureType,
    fileId: FileId,
    read: (rowIds: RowId[]) => Promise<Found[]>,
    { count, accepts }: Enough,
  ): Promise<Found[]> {
    const found = new Map<RowId, Found>();
    for (const part of byWeight(type)) {
      let accepted = 0;
      for await (const page of relations.pagesHolding(part, fileId)) {
        const rows = await read(page);
        for (const row of rows) found.set(row.id, row);
        accepted += rows.filter(({ documentId }) => accepts(documentId)).length;
        if (accepted >= count) break;
      }
    }
    return [...found.values()];
  }

  return {
    /** The entries that hold any of these pictures, each once, with these pictures of theirs. */
    async holding(
      type: PictureType,
      fileIds: readonly FileId[],
      version: EntryVersion,
      enough: Enough = EVERY,
    ): Promise<EntryPictures[]> {
      const { holders, findHolders } = knownOf(type, version);
      const found = new Map<string, FileId[]>();
      const add = (documentId: string, fileId: FileId) => {
        found.set(documentId, [...(found.get(documentId) ?? []), fileId]);
      };
      const unknown: FileId[] = [];
      for (const id of fileIds) {
        const known = holders.get(id);
        if (!known) unknown.push(id);
        for (const documentId of known ?? []) add(documentId, id);
      }
      const lists = await Promise.all(unknown.map(findHolders));
      for (const [at, fileId] of unknown.entries()) {
        const shared = async () => {
          const read = (ids: RowId[]) => rowsOf(type, { id: { $in: ids } }, version);
          return (await readShared(type, fileId, read, enough)).map(({ documentId }) => documentId);
        };
        for (const documentId of lists[at] ?? (await shared())) add(documentId, fileId);
      }
      return [...found].map(([documentId, pictures]) => ({ documentId, pictures }));
    },

    /** As `holding`, of rows that `read` finds among these. */
    async among<Found extends EntryRow>(
      type: PictureType,
      fileIds: readonly FileId[],
      read: (rowIds: RowId[]) => Promise<Found[]>,
      enough: Enough,
    ): Promise<Array<Found & { pictures: FileId[] }>> {
      const { rows, shared } = await relations.rowsHolding(type, fileIds);
      const found = new Map<string, Found & { pictures: FileId[] }>();
      const add = (row: Found, pictures: FileId[]) => {
        const known = found.get(row.documentId);
        found.set(row.documentId, { ...row, pictures: [...(known?.pictures ?? []), ...pictures] });
      };
      for (const ids of chunks([...rows.keys()])) for (const row of await read(ids)) add(row, rows.get(row.id) ?? []);
      for (const fileId of shared) for (const row of await readShared(type, fileId, read, enough)) add(row, [fileId]);
      return [...found.values()];
    },

    /** With all its pictures, in the order of the type's paths. */
    async entry(type: PictureType, documentId: string, version: EntryVersion): Promise<EntryPictures | undefined> {
      const { entries, findEntry } = knownOf(type, version);
      return entries.get(documentId) ?? findEntry(documentId);
    },

    /**
     * Entries have changed. What is being read just now is of before, and is kept where nobody looks any more.
     * @param uid of one type only.
     */
    forget(uid?: string): void {
      for (const [name, known] of versions) if (!uid || known.type.uid === uid) versions.delete(name);
    },
  };
}

const EVERY: Enough = { count: Number.POSITIVE_INFINITY, accepts: () => true };

export type EntryPicturesLookup = ReturnType<typeof createEntryPictures>;
