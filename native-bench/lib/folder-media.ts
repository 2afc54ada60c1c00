import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { MediaSource } from '../../plugin/ports';

/** A media library whose picture `id` is the file `paths[id - 1]`; the library grows as `size` says. */
export function folderMedia(paths: readonly string[], size: () => number): MediaSource {
  return {
    async list(afterId, limit) {
      const count = Math.max(0, Math.min(limit, size() - afterId));
      return Array.from({ length: count }, (_, i) => ({ id: afterId + 1 + i, stamp: '1' }));
    },
    listed: async (ids) => new Set(ids.filter((id) => id <= size())),
    async open(id) {
      const path = paths[id - 1];
      const bytes = await readFile(path);
      const digest = createHash('sha256').update(bytes).digest('hex');
      return { path, digest, bytes: bytes.length, stamp: '1', close: async () => {} };
    },
  };
}
