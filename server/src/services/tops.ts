import type { Core } from '@strapi/strapi';
import type { TopKey } from '../../../plugin/ports';
import { everythingPublished, FILE } from '../access/content-api';
import { searchOf } from '../compose';
import { readConfig } from '../config';
import type { Result } from '../search/results';
import { localesOf } from '../util/locales';
import { readQuery } from '../validation/similar-query';

const PAGE = 200;

/** The top results of published entries and of pictures, as the content API would give them to somebody who may read everything. */
const topsService = ({ strapi }: { strapi: Core.Strapi }) => {
  const access = everythingPublished();

  return {
    access,

    /** All published entries of the content types with pictures, in each locale they have. */
    async *keys(): AsyncGenerator<TopKey> {
      for (const type of searchOf(strapi).contentTypes.all().keys()) {
        for (const locale of await localesOf(strapi, type)) {
          for (let start = 0; ; start += PAGE) {
            const page = { status: 'published', fields: ['documentId'], sort: 'id:asc', start, limit: PAGE };
            const rows = (await strapi
              .documents(type as never)
              .findMany({ ...page, ...(locale && { locale }) } as never)) as Array<{ documentId: string }>;
            for (const { documentId } of rows) yield { type, documentId, ...(locale && { locale }) };
            if (rows.length < PAGE) break;
          }
        }
      }
    },

    /** All pictures of the media library. */
    async *fileKeys(): AsyncGenerator<TopKey> {
      const where = { mime: { $startsWith: 'image/' } };
      for (let offset = 0; ; offset += PAGE) {
        const page = { select: ['documentId'], where, orderBy: { id: 'asc' }, offset, limit: PAGE };
        const rows: Array<{ documentId: string }> = await strapi.db.query(FILE).findMany(page);
        for (const { documentId } of rows) yield { type: 'file', documentId };
        if (rows.length < PAGE) break;
      }
    },

    /**
     * @param limit at most `api.maxLimit`.
     * @throws SimilarError `NOT_FOUND` when it is not published, `INDEX_UNAVAILABLE`.
     */
    async of({ documentId, locale }: TopKey, limit: number): Promise<Result[]> {
      const { api } = readConfig(strapi);
      const params = readQuery(
        { ...(locale && { locale }), pagination: { limit: String(Math.min(limit, api.maxLimit)) } },
        api,
      );
      const query = await searchOf(strapi).queries.byId(documentId, params, access);
      const results = await searchOf(strapi).results.first(params.limit, query, params, access);
      return searchOf(strapi).results.withSimilarity(results, query);
    },
  };
};

export default topsService;
