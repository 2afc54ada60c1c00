import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
import type { AdminAccess } from '../access/admin';
import { type Access, FILE, forbidden } from '../access/content-api';
import { allOf } from '../util/all-of';
import { ID } from '../validation/zod-query';
import type { ContentTypes } from './content-types';
import { filesOf, type PictureType, populateOf } from './content-types';
import type { EntryPicturesLookup } from './entry-pictures';

/** The queried item: a picture of the media library, or an entry with its pictures. */
export interface QueryItem {
  /** `plugin::upload.file`, or the uid of the entry's content type. */
  uid: string;
  documentId: string;
  pictures: FileId[];
  /** For entries. */
  type?: PictureType;
}

interface FileRow {
  id: FileId;
  documentId: string;
  mime: string | null;
}

/** Ids of 32-bit columns: a larger number makes PostgreSQL fail instead of finding nothing. */
const MAX_ID = 2 ** 31 - 1;

/** Document ids whose content type is remembered, so that an entry is found with one query instead of one per type. */
const MAX_REMEMBERED = 10_000;

const isPicture = ({ mime }: FileRow) => mime?.startsWith('image/') ?? false;

export interface QueryItemsDeps {
  strapi: Core.Strapi;
  contentTypes: ContentTypes;
  entryPictures: EntryPicturesLookup;
}

export function createQueryItems({ strapi, contentTypes, entryPictures }: QueryItemsDeps) {
  const homes = new Map<string, string>();

  function remember(documentId: string, uid: string): void {
    if (homes.size >= MAX_REMEMBERED) homes.clear();
    homes.set(documentId, uid);
  }

  const findFile = (where: object): Promise<FileRow | null> =>
    strapi.db.query(FILE).findOne({ select: ['id', 'documentId', 'mime'], where });

  function fileSubject(file: FileRow): QueryItem {
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
    const row = await strapi.documents(uid as never).findFirst({
      filters: await conditioned(uid, documentId, access),
      ...(type && { status: access.status, ...(locale && { locale }) }),
      fields: ['documentId'],
    } as never);
    return row !== null;
  }

  /** The remembered type first, then the others. */
  function typesFor(documentId: string): PictureType[] {
    const types = contentTypes.all();
    const home = types.get(homes.get(documentId) ?? '');
    return home ? [home] : [...types.values()];
  }

  return {
    /** As the caller may see them in the entry now: what a role may not read, or only of other entries, is left out. */
    async storedPictures(
      type: PictureType,
      documentId: string,
      access: AdminAccess,
      locale?: string,
    ): Promise<FileId[]> {
      const { conditional, populate } = await access.needs(type.uid);
      const row = await strapi.documents(type.uid as never).findFirst({
        filters: await conditioned(type.uid, documentId, access),
        ...(locale && { locale }),
        status: access.status,
        // A condition may look at any attribute.
        ...(!conditional && { fields: ['documentId'] }),
        populate: { ...populate, ...populateOf(type, { fields: ['mime'] }) },
      } as never);
      if (!row) return [];
      const [shown] = await access.sanitize(type.uid, [row]);
      return filesOf<FileRow>(type, shown)
        .filter(isPicture)
        .map(({ id }) => id);
    },

    /**
     * @param id numeric id or documentId of a file, or documentId of an entry.
     * @throws SimilarError `NOT_FOUND` or `FORBIDDEN`.
     */
    async find(id: string, access: Access, locale?: string): Promise<QueryItem> {
      if (!ID.test(id)) throw new SimilarError('NOT_FOUND', 'No picture and no entry has this id');
      if (/^\d+$/.test(id)) {
        // Before looking: numbers can be guessed, and callers who may not read files should not learn which exist.
        if (!(await access.can(FILE))) throw forbidden(access, FILE);
        const file = Number(id) <= MAX_ID ? await findFile({ id: Number(id) }) : null;
        if (file && (await isAllowed({ uid: FILE, documentId: file.documentId, pictures: [] }, access)))
          return fileSubject(file);
        throw new SimilarError('NOT_FOUND', `No file has the id ${id}`);
      }
      const known = homes.has(id);
      const file = known ? null : await findFile({ documentId: id });
      if (file && !(await access.can(FILE))) throw forbidden(access);
      if (file && (await isAllowed({ uid: FILE, documentId: id, pictures: [] }, access))) return fileSubject(file);
      for (const type of typesFor(id)) {
        const subject = await findEntry(type, id, access, locale);
        if (!subject) continue;
        remember(id, type.uid);
        // The id alone says nothing of the type that it is of.
        if (!(await access.can(type.uid))) throw forbidden(access);
        if (await isAllowed(subject, access, locale)) return subject;
      }
      const where = locale ? ` in locale ${locale}` : '';
      throw new SimilarError('NOT_FOUND', `No picture and no ${access.status} entry${where} has the id ${id}`);
    },
  };
}

export type QueryItems = ReturnType<typeof createQueryItems>;
