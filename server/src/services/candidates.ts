import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/pipeline/ports';
import { type PictureMatch, type Ranked, rankItems } from '../../../plugin/pipeline/rank';
import { getService } from '../util/get-service';
import { FILE, type Reader } from '../util/reader';
import { filesOf, filterOf, type PictureType, populateOf } from './content-types';
import type { Subject } from './subject';

/** A file or entry that may be shown, with the pictures by which it was found. */
export interface Candidate {
  documentId: string;
  pictures: FileId[];
}

export interface Scope {
  reader: Reader;
  locale?: string;
}

/** Neighbours asked for at first, per wanted result: pictures share entries, and some are in none. */
const FIRST_FACTOR = 3;
const FIRST_MIN = 50;
const GROWTH = 4;

/** Up to so many entries, all of them are ranked exactly when the nearest pictures do not fill the page. */
const RANK_ALL = 2_000;

/** Ids in one query: far below what any database takes. */
const CHUNK = 500;

/** Finds the nearest items that the reader may see, asking for more neighbours until the page is full or none are left. */
const candidatesService = ({ strapi }: { strapi: Core.Strapi }) => {
  const neighbours: ReturnType<typeof core>['neighbours'] = (...args) => core().neighbours(...args);
  const core = () => getService(strapi, 'indexing').core();

  async function filesWithin(ids: FileId[]): Promise<Candidate[]> {
    const where = { id: { $in: ids }, mime: { $startsWith: 'image/' } };
    const rows: Array<{ id: FileId; documentId: string }> = await strapi.db
      .query(FILE)
      .findMany({ select: ['id', 'documentId'], where });
    return rows.map(({ id, documentId }) => ({ documentId, pictures: [id] }));
  }

  async function entries(type: PictureType, { reader, locale }: Scope, filters?: object): Promise<Candidate[]> {
    const rows = (await strapi.documents(type.uid as never).findMany({
      ...(filters && { filters }),
      status: reader.status,
      ...(locale && { locale }),
      fields: ['documentId'],
      populate: populateOf(type, { fields: ['mime'] }),
      sort: 'id:asc',
    } as never)) as Array<{ documentId: string }>;
    return rows.map((row) => ({
      documentId: row.documentId,
      pictures: filesOf<{ id: FileId }>(type, row).map(({ id }) => id),
    }));
  }

  /** Other entries may hold the very pictures of the asked entry: those match themselves. */
  async function ownPictures({ type, pictures }: Subject): Promise<PictureMatch[]> {
    if (!type) return [];
    const withVector = (await core().itemStatus(pictures)).filter(({ hasVector }) => hasVector);
    return withVector.map(({ fileId }) => ({ fileId, similarity: 1, queryFileId: fileId }));
  }

  async function everyEntry(subject: Subject, scope: Scope, own: PictureMatch[]): Promise<Ranked<Candidate>[]> {
    const all = (await entries(subject.type as PictureType, scope)).filter(
      ({ documentId }) => documentId !== subject.documentId,
    );
    const among = [...new Set(all.flatMap(({ pictures }) => pictures))];
    const matches = [...own, ...(await neighbours(subject.pictures, { limit: among.length || 1, among }))];
    return rankItems(all, ({ pictures }) => pictures, matches);
  }

  async function canRankAll({ type }: Subject, { reader, locale }: Scope): Promise<boolean> {
    if (!type) return false;
    const query = { status: reader.status, ...(locale && { locale }) };
    return (await strapi.documents(type.uid as never).count(query as never)) <= RANK_ALL;
  }

  return {
    /** The nearest items, best first: at least `need` of them unless there are fewer. The asked item is never among them. */
    async nearest(subject: Subject, need: number, scope: Scope): Promise<Ranked<Candidate>[]> {
      const { type, pictures } = subject;
      const own = await ownPictures(subject);
      const found = new Map<string, Candidate>();
      const looked = new Set<FileId>();

      async function lookAt(matches: PictureMatch[]): Promise<void> {
        const ids = matches.map(({ fileId }) => fileId).filter((id) => !looked.has(id));
        for (let at = 0; at < ids.length; at += CHUNK) {
          const some = ids.slice(at, at + CHUNK);
          const items = type ? await entries(type, scope, filterOf(type, some)) : await filesWithin(some);
          for (const item of items) found.set(item.documentId, item);
          for (const id of some) looked.add(id);
        }
        found.delete(subject.documentId);
      }

      for (let k = Math.max(FIRST_MIN, need * FIRST_FACTOR); ; k *= GROWTH) {
        const nearest = await neighbours(pictures, { limit: k });
        const matches = [...own, ...nearest];
        await lookAt(matches);
        const ranked = rankItems([...found.values()], (item) => item.pictures, matches);
        if (ranked.length >= need || nearest.length < k) return ranked;
        if (await canRankAll(subject, scope)) return everyEntry(subject, scope, own);
      }
    },
  };
};

export default candidatesService;
