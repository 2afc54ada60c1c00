import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import { readConfig } from '../config';
import { getService } from '../util/get-service';
import { readQuery, type SimilarParams } from '../util/query-params';
import { everythingPublished } from '../util/reader';

export interface ExportedEntry {
  type: string;
  documentId: string;
  locale?: string;
  similar: Array<{ documentId: string; source: string; similarity: number | null; score: number | null }>;
}

const PAGE = 200;
/** Longest wait for the index after the start. */
const PATIENCE_MS = 60_000;

const rounded = (value: number | undefined, digits: number) =>
  value === undefined ? null : Math.round(value * 10 ** digits) / 10 ** digits;

/** The look-alikes of all published entries, as the content API would give them to somebody who may read everything. */
const exportService = ({ strapi }: { strapi: Core.Strapi }) => {
  const reader = everythingPublished();

  async function localesOf(uid: string): Promise<Array<string | undefined>> {
    const i18n = strapi.plugin('i18n');
    const model = strapi.getModel(uid as never) as unknown as { pluginOptions?: { i18n?: { localized?: boolean } } };
    if (!i18n || !model.pluginOptions?.i18n?.localized) return [undefined];
    const locales: Array<{ code: string }> = await i18n.service('locales').find();
    return locales.map(({ code }) => code);
  }

  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(500)) {
      try {
        return await work();
      } catch (error) {
        const waits = error instanceof SimilarError && error.code === 'INDEX_UNAVAILABLE' && Date.now() < end;
        if (!waits) throw error;
      }
    }
  }

  async function exportOne(type: string, documentId: string, params: SimilarParams): Promise<ExportedEntry> {
    const { locale, limit } = params;
    const asked = await getService(strapi, 'asked').byId(documentId, params, reader);
    const results = await patiently(() => getService(strapi, 'results').first(limit, asked, params, reader));
    const similar = results.map(({ documentId, source, match, score }) => ({
      documentId,
      source,
      similarity: rounded(match?.similarity, 3),
      score: rounded(score, 4),
    }));
    return { type, documentId, ...(locale && { locale }), similar };
  }

  return {
    /** @param limit look-alikes per entry, at most `api.maxLimit`. */
    async *entries(limit: number): AsyncGenerator<ExportedEntry> {
      const { api } = readConfig(strapi);
      for (const uid of getService(strapi, 'content-types').all().keys()) {
        for (const locale of await localesOf(uid)) {
          const params = readQuery({ ...(locale && { locale }), pagination: { limit: String(limit) } }, api);
          for (let start = 0; ; start += PAGE) {
            const page = { status: 'published', fields: ['documentId'], sort: 'id:asc', start, limit: PAGE };
            const rows = (await strapi
              .documents(uid as never)
              .findMany({ ...page, ...(locale && { locale }) } as never)) as Array<{
              documentId: string;
            }>;
            for (const { documentId } of rows) yield exportOne(uid, documentId, params);
            if (rows.length < PAGE) break;
          }
        }
      }
    },
  };
};

export default exportService;
