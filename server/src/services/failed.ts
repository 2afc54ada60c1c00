import type { FailedPicture } from '../../../plugin/contracts/admin';
import type { FileId, ItemStatus } from '../../../plugin/ports';
import type { AdminAccess } from '../access/admin';
import type { AdminFiles } from '../search/admin-files';

export interface FailedDeps {
  adminFiles: AdminFiles;
  failed: (after: FileId, limit: number) => Promise<ItemStatus[]>;
}

/** Pictures that could not be embedded, as far as the administrator may see them in the media library. */
export const createFailed = ({ adminFiles, failed }: FailedDeps) => ({
  /** By ascending id; fewer than `limit` only when there are not more. */
  async after(afterId: FileId, limit: number, access: AdminAccess): Promise<FailedPicture[]> {
    const shown: FailedPicture[] = [];
    for (let last = afterId; ; ) {
      const items = await failed(last, limit);
      const ids = items.map(({ fileId }) => fileId);
      const pictures = await adminFiles.pictures(ids, access);
      for (const { fileId, state, code, reason } of items) {
        const picture = pictures.get(fileId);
        if (picture) shown.push({ fileId, state: state as FailedPicture['state'], code, reason, picture });
      }
      if (items.length < limit || shown.length >= limit) return shown.slice(0, limit);
      last = ids[ids.length - 1];
    }
  },
});

export type Failed = ReturnType<typeof createFailed>;
