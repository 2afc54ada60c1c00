import type { Core } from '@strapi/strapi';
import type { TopKey } from '../../../plugin/ports';
import { type Access, FILE } from '../access/content-api';
import { readConfig } from '../config';
import type { ContentTypes } from '../search/content-types';
import type { Queries } from '../search/query';
import type { Result, Results } from '../search/results';
import { documents } from '../util/documents';
import { localesOf } from '../util/locales';
import { PICTURES } from '../util/pictures';
import { readQuery } from '../validation/similar-query';

const PAGE = 200;

export interface TopResultsDeps {
  strapi: Core.Strapi;
  access: Access;
  contentTypes: ContentTypes;
  queries: Queries;
  results: Results;
}

/** The top results of published entries and of pictures, as the content API would give them to somebody who may read everything. */
export function createTopResults({ strapi, access, contentTypes, queries, results }: TopResultsDeps) {
  return {
    /** All published entries of the content types with pictures, in each locale they have. */
    async *keys(): AsyncGenerator<TopKey> {
      for (const type of contentTypes.all().keys()) {
        for (const locale of await localesOf(strapi, type)) {
          for (let start = 0; ; start += PAGE) {
            const page = { status: 'published', fields: ['documentId'], sort: 'id:asc', start, limit: PAGE };
            const rows = await documents(strapi, type).findMany({ ...page, ...(locale && { locale }) });
            for (const { documentId } of rows) yield { type, documentId, ...(locale && { locale }) };
            if (rows.length < PAGE) break;
          }
        }
      }
    },

    /** All pictures of the media library. */
    async *fileKeys(): AsyncGenerator<TopKey> {
      for (let offset = 0; ; offset += PAGE) {
        const page = { select: ['documentId'], where: PICTURES, orderBy: { id: 'asc' }, offset, limit: PAGE };
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
      const query = await queries.byId(documentId, params, access);
      const found = await results.first(params.limit, query, params, access);
      return results.withSimilarity(found, query);
    },
  };
}

export type TopResults = ReturnType<typeof createTopResults>;
