import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
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

  /** The remembered type first, then the others. */
  function typesFor(documentId: string): PictureType[] {
    const types = getService(strapi, 'content-types').all();
    const home = types.get(homes.get(documentId) ?? '');
    return home ? [home] : [...types.values()];
  }

  return {
    /** As the reader may see them in the entry now: what a role may not read, or only of other entries, is left out. */
    async storedPictures(type: PictureType, documentId: string, reader: Reader, locale?: string): Promise<FileId[]> {
      const row = await strapi.documents(type.uid as never).findOne({
        documentId,
        ...(locale && { locale }),
        status: reader.status,
        // Roles may be limited to locales.
        fields: ['documentId', 'locale'],
        populate: populateOf(type, { fields: ['mime'] }),
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
        if (!(await reader.may(FILE))) throw forbidden(FILE);
        const file = Number(id) <= MAX_ID ? await findFile({ id: Number(id) }) : null;
        if (!file) throw new SimilarError('NOT_FOUND', `No file has the id ${id}`);
        return fileSubject(file);
      }
      const known = homes.has(id);
      const file = known ? null : await findFile({ documentId: id });
      if (file && !(await reader.may(FILE))) throw forbidden(FILE);
      if (file) return fileSubject(file);
      for (const type of typesFor(id)) {
        const subject = await findEntry(type, id, reader, locale);
        if (!subject) continue;
        remember(id, type.uid);
        if (!(await reader.may(type.uid))) throw forbidden(type.uid);
        return subject;
      }
      const where = locale ? ` in locale ${locale}` : '';
      throw new SimilarError('NOT_FOUND', `No picture and no ${reader.status} entry${where} has the id ${id}`);
    },
  };
};

export default subjectService;
