import type { Core } from '@strapi/strapi';
import type { Notice, NoticesResponse } from '../../../plugin/contracts/admin';
import type { FileId } from '../../../plugin/ports';
import { getService } from '../util/get-service';
import { FILE, forbidden, type Reader } from '../util/reader';

export interface Uploads {
  /** Id of the administrator. */
  author: number;
  since: Date;
}

/** Uploads that one answer is about; who uploads a whole folder is better served by the page of duplicates. */
const MOST = 50;
/** Later uploads may be nearer than the picture that was there before. */
const NEIGHBOURS = 16;

/** Tells who has just uploaded a picture that the library had it already. */
const noticesService = ({ strapi }: { strapi: Core.Strapi }) => {
  const core = () => getService(strapi, 'indexing').core();

  const uploadedBy = async ({ author, since }: Uploads): Promise<FileId[]> => {
    const rows: Array<{ id: FileId }> = await strapi.db.query(FILE).findMany({
      select: ['id'],
      where: { createdBy: author, createdAt: { $gte: since }, mime: { $startsWith: 'image/' } },
      orderBy: { id: 'desc' },
      limit: MOST,
    });
    return rows.map(({ id }) => id);
  };

  /** Of each picture the nearest one that was there before it. */
  async function earlierTwins(ids: readonly FileId[], least: number) {
    const { search } = core();
    const twins = [];
    for (const query of await search.queries(ids)) {
      const near = await search.neighbours([query], { limit: NEIGHBOURS, exclude: [query.fileId] });
      const twin = near.find(({ fileId, similarity }) => fileId < query.fileId && similarity >= least);
      if (twin) twins.push({ id: query.fileId, twin: twin.fileId, similarity: twin.similarity });
    }
    return twins;
  }

  return {
    /** @param least cosine from which on a picture counts as nearly the same. @throws SimilarError `FORBIDDEN` */
    async about(uploads: Uploads, least: number, reader: Reader): Promise<NoticesResponse> {
      if (!(await reader.may(FILE))) throw forbidden(FILE);
      const ids = await uploadedBy(uploads);
      if (ids.length === 0) return { notices: [], pending: 0 };
      const states = await core().itemStatus(ids);
      const ended = states.filter(({ state }) => state !== 'pending').map(({ fileId }) => fileId);
      const twins = await earlierTwins(ended, least);
      const involved = twins.flatMap(({ id, twin }) => [id, twin]);
      const [pictures, digests] = await Promise.all([
        getService(strapi, 'admin-items').pictures(involved),
        core().digests(involved),
      ]);
      const notices = twins.flatMap(({ id, twin, similarity }): Notice[] => {
        const [uploaded, existing] = [pictures.get(id), pictures.get(twin)];
        const identical = digests.has(id) && digests.get(id) === digests.get(twin);
        // One of them may have been deleted meanwhile.
        return uploaded && existing
          ? [{ uploaded, existing, similarity: Math.round(similarity * 1_000) / 1_000, identical }]
          : [];
      });
      return { notices, pending: ids.length - ended.length };
    },
  };
};

export default noticesService;
