import type { Core } from '@strapi/strapi';
import type { PictureRef } from '../../../plugin/contracts/similar';
import type { FileId } from '../../../plugin/ports';
import { FILE } from '../access/content-api';
import { OTHER_NODES_MS, TtlCache } from './ttl-cache';

type Row = Record<string, unknown>;

const MAX_ENTRIES = 50_000;

/** What answers say of the pictures that matched. */
export function createPictureRefs({ strapi }: { strapi: Core.Strapi }) {
  const memory = new TtlCache<FileId, PictureRef>(OTHER_NODES_MS, MAX_ENTRIES);
  const sign = (file: Row): Promise<Row> => strapi.plugin('upload').service('file').signFileUrls(file);

  return {
    sign,

    /** Those that exist. */
    async of(ids: Iterable<FileId>): Promise<Map<FileId, PictureRef>> {
      const refs = new Map<FileId, PictureRef>();
      const unknown: FileId[] = [];
      for (const id of ids) {
        const known = memory.get(id);
        if (known) refs.set(id, known);
        else unknown.push(id);
      }
      if (unknown.length === 0) return refs;
      const keep = memory.begin();
      const rows: Row[] = await strapi.db.query(FILE).findMany({ where: { id: { $in: unknown } } });
      for (const { id, documentId, url, isUrlSigned } of await Promise.all(rows.map(sign))) {
        const ref = { id, documentId, url } as PictureRef;
        refs.set(ref.id, ref);
        // A signed address is made for each answer: its time runs from then.
        if (!isUrlSigned) keep(ref.id, ref);
      }
      return refs;
    },

    /** Files have changed. */
    forget: () => memory.forget(),
  };
}

export type PictureRefs = ReturnType<typeof createPictureRefs>;
