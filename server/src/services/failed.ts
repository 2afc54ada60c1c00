import type { FailedPicture, FailureReason } from '../../../plugin/contracts/admin';
import type { FailureCounts, FileId, ItemStatus } from '../../../plugin/ports';
import type { AdminAccess } from '../access/admin';
import type { AdminFiles } from '../search/admin-files';

export interface FailedDeps {
  adminFiles: AdminFiles;
  failed: (after: FileId, limit: number, code?: string) => Promise<ItemStatus[]>;
  failures: () => Promise<FailureCounts>;
}

/** Pictures that could not be embedded, as far as the administrator may see them in the media library. */
export const createFailed = ({ adminFiles, failed, failures }: FailedDeps) => ({
  /** Of all pictures, whoever may see them: most frequent first. */
  async reasons(): Promise<FailureReason[]> {
    return Object.entries(await failures())
      .map(([code, count = 0]) => ({ code, count }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  },

  /**
   * By ascending id; fewer than `limit` only when there are not more.
   * @param code only those that failed for this reason.
   */
  async after(afterId: FileId, limit: number, access: AdminAccess, code?: string): Promise<FailedPicture[]> {
    const shown: FailedPicture[] = [];
    for (let last = afterId; ; ) {
      const items = await failed(last, limit, code);
      const ids = items.map(({ fileId }) => fileId);
      const pictures = await adminFiles.pictures(ids, access);
      for (const { fileId, state, code: why, reason } of items) {
        const picture = pictures.get(fileId);
        if (picture) shown.push({ fileId, state: state as FailedPicture['state'], code: why, reason, picture });
      }
      if (items.length < limit || shown.length >= limit) return shown.slice(0, limit);
      last = ids[ids.length - 1];
    }
  },
});

export type Failed = ReturnType<typeof createFailed>;
