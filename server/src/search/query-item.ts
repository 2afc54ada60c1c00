import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
import type { Weights } from '../../../plugin/search/weights';
import type { AdminAccess } from '../access/admin';
import { type Access, FILE, forbidden } from '../access/content-api';
import { allOf } from '../util/all-of';
import { documents } from '../util/documents';
import { inChunks } from '../util/in-chunks';
import { ID, MAX_ID } from '../validation/zod-query';
import type { ContentTypes } from './content-types';
import { filesOf, type PictureType, populateOf, weightsIn } from './content-types';
import type { EntryPicturesLookup } from './entry-pictures';
import type { Pictures } from './picture-relations';
import { seenEntries } from './seen-entries';

/** The queried item: a picture of the media library, or an entry with its pictures. */
export interface QueryItem {
  /** `plugin::upload.file`, or the uid of the entry's content type. */
  uid: string;
  documentId: string;
  pictures: FileId[];
  /** How much each counts, where the type weighs them. */
  weights?: Weights;
  /** For entries. */
  type?: PictureType;
}

interface FileRow {
  id: FileId;
  documentId: string;
  mime: string | null;
}

/** How the numeric id of a file is written. */
const NUMBER = /^[1-9]\d*$/;

/** Document ids whose content type is remembered, so that an entry is found with one query instead of one per type. */
const MAX_REMEMBERED = 10_000;

const notFound = (what: string, id: string, locale?: string) =>
  new SimilarError('NOT_FOUND', `No ${what}${locale ? ` in locale ${locale}` : ''} has the id ${id}`);

const isPicture = ({ mime }: FileRow) => mime?.startsWith('image/') ?? false;

export interface QueryItemsDeps {
  strapi: Core.Strapi;
  contentTypes: ContentTypes;
  entryPictures: EntryPicturesLookup;
}

export function createQueryItems({ strapi, contentTypes, entryPictures }: QueryItemsDeps) {
  const homes = new Map<string, string>();
  /** Type of the entry that was found last: most requests are about entries, and most of them of one type. */
  let lastHome: string | undefined;

  function remember(documentId: string, uid: string): void {
    if (homes.size >= MAX_REMEMBERED) homes.clear();
    homes.set(documentId, uid);
    lastHome = uid;
  }

  const filesBy = <Key extends keyof FileRow>(key: Key) =>
    inChunks(async (values: FileRow[Key][]) => {
      const query = { select: ['id', 'documentId', 'mime'], where: { [key]: { $in: values } } };
      const rows: FileRow[] = await strapi.db.query(FILE).findMany(query);
      return new Map(rows.map((row) => [row[key], row]));
    });
  const fileById = filesBy('id');
  const fileByDocumentId = filesBy('documentId');

  async function isReadableFile({ documentId }: FileRow, access: Access): Promise<boolean> {
    return (await access.can(FILE)) && isAllowed({ uid: FILE, documentId, pictures: [] }, access);
  }

  function fileItem(file: FileRow): QueryItem {
    if (!isPicture(file)) {
      throw new SimilarError('NOT_FOUND', `File ${file.id} is ${file.mime ?? 'of unknown type'}, not a picture`);
    }
    return { uid: FILE, documentId: file.documentId, pictures: [file.id] };
  }

  async function findEntry(type: PictureType, documentId: string, access: Access, locale?: string) {
    const member = await entryPictures.entry(type, documentId, { access, locale });
    return member && { uid: type.uid, type, ...member };
  }

  async function conditioned(uid: string, documentId: string, access: Access) {
    return allOf({ documentId }, await access.filters(uid, undefined));
  }

  /** What is remembered, or was found by its id alone, may be a file or entry that the caller's role excludes. */
  async function isAllowed({ uid, documentId, type }: QueryItem, access: Access, locale?: string): Promise<boolean> {
    if (!(await access.filters(uid, undefined))) return true;
    const row = await documents(strapi, uid).findFirst({
      filters: await conditioned(uid, documentId, access),
      ...(type && { status: access.status, ...(locale && { locale }) }),
      fields: ['documentId'],
    });
    return row !== null;
  }

  /** The remembered type, or all of them. */
  function typesFor(documentId: string): PictureType[] {
    const types = contentTypes.all();
    const home = types.get(homes.get(documentId) ?? '');
    return home ? [home] : [...types.values()];
  }

  /** The file with this documentId, unless an entry of the type that was found last has it, which then is remembered. */
  async function fileUnlessEntry(documentId: string, access: Access, locale?: string): Promise<FileRow | undefined> {
    if (homes.has(documentId)) return undefined;
    const guess = contentTypes.all().get(lastHome ?? '');
    if (guess && (await findEntry(guess, documentId, access, locale))) {
      remember(documentId, guess.uid);
      return undefined;
    }
    return fileByDocumentId(documentId);
  }

  return {
    /** As the caller may see them in the entry now: what a role may not read, or only of other entries, is left out. */
    async storedPictures(
      type: PictureType,
      documentId: string,
      access: AdminAccess,
      locale?: string,
    ): Promise<Pictures> {
      const reading = {
        ...{ filters: { documentId }, locale, limit: 1 },
        fields: ['documentId'],
        populate: populateOf(type, { fields: ['mime'] }),
      };
      const [entry] = await seenEntries(strapi, type.uid, reading, access);
      if (!entry) return { pictures: [] };
      const { shown } = entry;
      const pictures = filesOf<FileRow>(type, shown).filter(isPicture);
      return { pictures: pictures.map(({ id }) => id), weights: weightsIn(type, shown) };
    },

    /** An entry whose type is known; its caller has asked whether it may be read. @throws SimilarError `NOT_FOUND` */
    async entry(type: PictureType, documentId: string, access: Access, locale?: string): Promise<QueryItem> {
      const queryItem = await findEntry(type, documentId, access, locale);
      if (queryItem && (await isAllowed(queryItem, access, locale))) return queryItem;
      throw notFound(`${access.status} entry`, documentId, locale);
    },

    /**
     * Ids that are looked for in one turn share the queries.
     * @param id numeric id or documentId of a file, or documentId of an entry. Where a number is both, it is the file.
     * @throws SimilarError `NOT_FOUND` or `FORBIDDEN`.
     */
    async find(id: string, access: Access, locale?: string): Promise<QueryItem> {
      if (!ID.test(id)) throw new SimilarError('NOT_FOUND', 'No picture and no entry has this id');
      const isNumber = NUMBER.test(id);
      if (isNumber && Number(id) <= MAX_ID && (await access.can(FILE))) {
        const file = await fileById(Number(id));
        if (file && (await isReadableFile(file, access))) return fileItem(file);
      }
      const file = await fileUnlessEntry(id, access, locale);
      if (file && !(await access.can(FILE))) throw forbidden(access);
      if (file && (await isReadableFile(file, access))) return fileItem(file);
      for (const type of typesFor(id)) {
        const queryItem = await findEntry(type, id, access, locale);
        if (!queryItem) continue;
        remember(id, type.uid);
        // The id alone says nothing of the type that it is of.
        if (!(await access.can(type.uid))) throw forbidden(access);
        if (await isAllowed(queryItem, access, locale)) return queryItem;
      }
      // Numbers can be guessed, and callers who may not read files should not learn which exist.
      if (isNumber && !(await access.can(FILE))) throw forbidden(access, FILE);
      throw notFound(`picture and no ${access.status} entry`, id, locale);
    },
  };
}

export type QueryItems = ReturnType<typeof createQueryItems>;
