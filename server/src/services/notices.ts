import type { Core } from '@strapi/strapi';
import type { Notice, NoticesResponse, UsedPicture } from '../../../plugin/contracts/admin';
import type { FileId } from '../../../plugin/ports';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import type { Titles } from '../search/titles';
import { PICTURES } from '../util/pictures';

export interface Uploads {
  /** Id of the administrator. */
  author: number;
  since: Date;
}

/** Uploads that one answer is about; who uploads a whole folder is better served by the page of duplicates. */
const MOST = 50;
interface Twin {
  fileId: FileId;
  verdict: Notice['verdict'];
}

/** Later uploads may be nearer than the picture that was there before. */
const NEIGHBOURS = 16;

/** The same file before the same photo; of several the first that there was, which is the one that others use. */
const byKinshipAndAge = (a: Twin, b: Twin) =>
  Number(b.verdict === 'identical') - Number(a.verdict === 'identical') || a.fileId - b.fileId;

export interface NoticesDeps {
  strapi: Core.Strapi;
  core: () => Similarity;
  adminFiles: AdminFiles;
  titles: Titles;
  /** Whether anybody is told at all. */
  wanted: () => boolean;
}

/** Tells who has just uploaded a picture that the library had it already. */
export function createNotices({ strapi, core, adminFiles, titles, wanted }: NoticesDeps) {
  const uploadedBy = async ({ author, since }: Uploads): Promise<FileId[]> => {
    const rows: Array<{ id: FileId }> = await strapi.db.query(FILE).findMany({
      select: ['id'],
      where: { createdBy: author, createdAt: { $gte: since }, ...PICTURES },
      orderBy: { id: 'desc' },
      limit: MOST,
    });
    return rows.map(({ id }) => id);
  };

  /** Of each picture a copy that was there before it, of those that the administrator may see. */
  async function earlierTwins(ids: readonly FileId[], access: AdminAccess) {
    const { search } = core();
    const earlier = new Map<FileId, Twin[]>();
    for (const query of await search.queries(ids)) {
      const near = await search.neighbours([query], { limit: NEIGHBOURS, exclude: [query.fileId] });
      const similarities = await search.similarities([query], near);
      const verdicts = await search.verdicts([query], near, similarities);
      const copies = near.flatMap(({ fileId }, at): Twin[] => {
        const verdict = verdicts[at];
        return fileId < query.fileId && verdict !== 'similar' ? [{ fileId, verdict }] : [];
      });
      earlier.set(query.fileId, copies.sort(byKinshipAndAge));
    }
    const all = [...earlier.values()].flat().map(({ fileId }) => fileId);
    const seen = new Set(await adminFiles.visible(all, access));
    return [...earlier].flatMap(([id, near]) => {
      const twin = near.find(({ fileId }) => seen.has(fileId));
      return twin ? [{ id, ...twin }] : [];
    });
  }

  async function used(ids: readonly FileId[], access: AdminAccess): Promise<Map<FileId, UsedPicture>> {
    const [pictures, usages] = await Promise.all([adminFiles.pictures(ids, access), titles.usages(ids, access)]);
    return new Map(
      [...pictures].map(([id, picture]) => {
        const { count = 0, first = [], unused = false } = usages.get(id) ?? {};
        return [id, { ...picture, usageCount: count, usages: first, unused }];
      }),
    );
  }

  return {
    wanted,

    /** @throws SimilarError `FORBIDDEN` */
    async about(uploads: Uploads, access: AdminAccess): Promise<NoticesResponse> {
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const ids = wanted() ? await uploadedBy(uploads) : [];
      if (ids.length === 0) return { notices: [], pending: 0 };
      const states = await core().itemStatus(ids);
      const ended = states.filter(({ state }) => state !== 'pending').map(({ fileId }) => fileId);
      const twins = await earlierTwins(ended, access);
      const pictures = await used(
        twins.flatMap(({ id, fileId }) => [id, fileId]),
        access,
      );
      // The newest first: it is the one that somebody waits for.
      const notices = twins
        .sort((a, b) => b.id - a.id)
        .flatMap(({ id, fileId, verdict }): Notice[] => {
          const [uploaded, existing] = [pictures.get(id), pictures.get(fileId)];
          // One of them may have been deleted meanwhile.
          return uploaded && existing ? [{ uploaded, existing, verdict }] : [];
        });
      return { notices, pending: ids.length - ended.length };
    },
  };
}

export type Notices = ReturnType<typeof createNotices>;
