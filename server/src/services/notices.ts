import type { Core } from '@strapi/strapi';
import type { Notice, NoticesResponse } from '../../../plugin/contracts/admin';
import type { MatchVerdict } from '../../../plugin/contracts/similar';
import type { FileId } from '../../../plugin/ports';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import { PICTURES } from '../util/pictures';
import { rounded } from '../util/rounded';

export interface Uploads {
  /** Id of the administrator. */
  author: number;
  since: Date;
}

/** Uploads that one answer is about; who uploads a whole folder is better served by the page of duplicates. */
const MOST = 50;
interface Twin {
  fileId: FileId;
  similarity: number;
  verdict: MatchVerdict;
}

/** Later uploads may be nearer than the picture that was there before. */
const NEIGHBOURS = 16;

export interface NoticesDeps {
  strapi: Core.Strapi;
  core: () => Similarity;
  adminFiles: AdminFiles;
}

/** Tells who has just uploaded a picture that the library had it already. */
export function createNotices({ strapi, core, adminFiles }: NoticesDeps) {
  const uploadedBy = async ({ author, since }: Uploads): Promise<FileId[]> => {
    const rows: Array<{ id: FileId }> = await strapi.db.query(FILE).findMany({
      select: ['id'],
      where: { createdBy: author, createdAt: { $gte: since }, ...PICTURES },
      orderBy: { id: 'desc' },
      limit: MOST,
    });
    return rows.map(({ id }) => id);
  };

  /** Of each picture a copy that was there before it, else the nearest one, of those that the administrator may see. */
  async function earlierTwins(ids: readonly FileId[], least: number, access: AdminAccess) {
    const { search } = core();
    const earlier = new Map<FileId, Twin[]>();
    for (const query of await search.queries(ids)) {
      const near = await search.neighbours([query], { limit: NEIGHBOURS, exclude: [query.fileId] });
      const similarities = await search.similarities([query], near);
      const verdicts = await search.verdicts([query], near, similarities);
      const before = near
        .map(({ fileId }, at) => ({ fileId, similarity: similarities[at], verdict: verdicts[at] }))
        .filter(({ fileId }) => fileId < query.fileId);
      const copies = before.filter(({ verdict }) => verdict !== 'similar');
      earlier.set(query.fileId, [...copies, ...before.filter(({ similarity }) => similarity >= least)]);
    }
    const all = [...earlier.values()].flat().map(({ fileId }) => fileId);
    const seen = new Set(await adminFiles.visible(all, access));
    return [...earlier].flatMap(([id, near]) => {
      const twin = near.find(({ fileId }) => seen.has(fileId));
      return twin ? [{ id, ...twin }] : [];
    });
  }

  return {
    /** @param least cosine from which on a picture counts as nearly the same that is no copy. @throws SimilarError `FORBIDDEN` */
    async about(uploads: Uploads, least: number, access: AdminAccess): Promise<NoticesResponse> {
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const ids = await uploadedBy(uploads);
      if (ids.length === 0) return { notices: [], pending: 0 };
      const states = await core().itemStatus(ids);
      const ended = states.filter(({ state }) => state !== 'pending').map(({ fileId }) => fileId);
      const twins = await earlierTwins(ended, least, access);
      const pictures = await adminFiles.pictures(
        twins.flatMap(({ id, fileId }) => [id, fileId]),
        access,
      );
      const notices = twins.flatMap(({ id, fileId, similarity, verdict }): Notice[] => {
        const [uploaded, existing] = [pictures.get(id), pictures.get(fileId)];
        // One of them may have been deleted meanwhile.
        return uploaded && existing ? [{ uploaded, existing, similarity: rounded(similarity, 3), verdict }] : [];
      });
      return { notices, pending: ids.length - ended.length };
    },
  };
}

export type Notices = ReturnType<typeof createNotices>;
