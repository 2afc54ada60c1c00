import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
import type { AdminReader } from '../util/admin-reader';
import { getService } from '../util/get-service';
import { FILE, forbidden, type Reader } from '../util/reader';
import { ID } from '../util/zod-query';
import { filesOf, type PictureType, populateOf } from './content-types';

/** What a request asks about: a picture of the media library, or an entry with its pictures. */
export interface Subject {
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

const subjectService = ({ strapi }: { strapi: Core.Strapi }) => {
  const homes = new Map<string, string>();

  function remember(documentId: string, uid: string): void {
    if (homes.size >= MAX_REMEMBERED) homes.clear();
    homes.set(documentId, uid);
  }

  const findFile = (where: object): Promise<FileRow | null> =>
    strapi.db.query(FILE).findOne({ select: ['id', 'documentId', 'mime'], where });

  function fileSubject(file: FileRow): Subject {
    if (!isPicture(file)) {
      throw new SimilarError('NOT_FOUND', `File ${file.id} is ${file.mime ?? 'of no known type'}, not a picture`);
    }
    return { uid: FILE, documentId: file.documentId, pictures: [file.id] };
  }

  async function findEntry(type: PictureType, documentId: string, reader: Reader, locale?: string) {
    const member = await getService(strapi, 'members').entry(type, documentId, { reader, locale });
    return member && { uid: type.uid, type, ...member };
  }

  async function conditioned(uid: string, documentId: string, reader: Reader) {
    const conditions = await reader.filters(uid, undefined);
    return { $and: [{ documentId }, ...(conditions ? [conditions] : [])] };
  }

  /** What is remembered, or was found by its id alone, may be a file or entry that the reader's role excludes. */
  async function isAllowed({ uid, documentId, type }: Subject, reader: Reader, locale?: string): Promise<boolean> {
    if (!(await reader.filters(uid, undefined))) return true;
    const row = await strapi.documents(uid as never).findFirst({
      filters: await conditioned(uid, documentId, reader),
      ...(type && { status: reader.status, ...(locale && { locale }) }),
      fields: ['documentId'],
    } as never);
    return row !== null;
  }

  /** The remembered type first, then the others. */
  function typesFor(documentId: string): PictureType[] {
    const types = getService(strapi, 'content-types').all();
    const home = types.get(homes.get(documentId) ?? '');
    return home ? [home] : [...types.values()];
  }

  return {
    /** As the reader may see them in the entry now: what a role may not read, or only of other entries, is left out. */
    async storedPictures(
      type: PictureType,
      documentId: string,
      reader: AdminReader,
      locale?: string,
    ): Promise<FileId[]> {
      const { conditional, populate } = await reader.needs(type.uid);
      const row = await strapi.documents(type.uid as never).findFirst({
        filters: await conditioned(type.uid, documentId, reader),
        ...(locale && { locale }),
        status: reader.status,
        // A condition may look at any attribute.
        ...(!conditional && { fields: ['documentId'] }),
        populate: { ...populate, ...populateOf(type, { fields: ['mime'] }) },
      } as never);
      if (!row) return [];
      const [shown] = await reader.sanitize(type.uid, [row]);
      return filesOf<FileRow>(type, shown)
        .filter(isPicture)
        .map(({ id }) => id);
    },

    /**
     * @param id numeric id or documentId of a file, or documentId of an entry.
     * @throws SimilarError `NOT_FOUND` or `FORBIDDEN`.
     */
    async find(id: string, reader: Reader, locale?: string): Promise<Subject> {
      if (!ID.test(id)) throw new SimilarError('NOT_FOUND', 'No picture and no entry has such an id');
      if (/^\d+$/.test(id)) {
        // Before looking: numbers can be guessed, and who may not read files shall not learn which exist.
        if (!(await reader.may(FILE))) throw forbidden(reader, FILE);
        const file = Number(id) <= MAX_ID ? await findFile({ id: Number(id) }) : null;
        if (file && (await isAllowed({ uid: FILE, documentId: file.documentId, pictures: [] }, reader)))
          return fileSubject(file);
        throw new SimilarError('NOT_FOUND', `No file has the id ${id}`);
      }
      const known = homes.has(id);
      const file = known ? null : await findFile({ documentId: id });
      if (file && !(await reader.may(FILE))) throw forbidden(reader);
      if (file && (await isAllowed({ uid: FILE, documentId: id, pictures: [] }, reader))) return fileSubject(file);
      for (const type of typesFor(id)) {
        const subject = await findEntry(type, id, reader, locale);
        if (!subject) continue;
        remember(id, type.uid);
        // The id alone says nothing of the type that it is of.
        if (!(await reader.may(type.uid))) throw forbidden(reader);
        if (await isAllowed(subject, reader, locale)) return subject;
      }
      const where = locale ? ` in locale ${locale}` : '';
      throw new SimilarError('NOT_FOUND', `No picture and no ${reader.status} entry${where} has the id ${id}`);
    },
  };
};

export default subjectService;
