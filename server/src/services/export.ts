import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type { TopKey } from '../../../plugin/ports';
import { getService } from '../util/get-service';
import { rounded } from '../util/rounded';

export interface ExportedEntry {
  type: string;
  documentId: string;
  locale?: string;
  similar: Array<{ documentId: string; source: string; similarity: number | null; score: number | null }>;
}

/** Longest wait for the index after the start. */
const PATIENCE_MS = 60_000;

/** The look-alikes of all published entries, for sites that are built ahead. */
const exportService = ({ strapi }: { strapi: Core.Strapi }) => {
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

  async function exportOne(key: TopKey, limit: number): Promise<ExportedEntry> {
    const results = await patiently(() => getService(strapi, 'tops').of(key, limit));
    const similar = results.map(({ documentId, source, similarity, score }) => ({
      documentId,
      source,
      similarity: rounded(similarity, 3),
      score: rounded(score, 4),
    }));
    return { ...key, similar };
  }

  return {
    /** @param limit look-alikes per entry, at most `api.maxLimit`. */
    async *entries(limit: number): AsyncGenerator<ExportedEntry> {
      await getService(strapi, 'indexing').searchable();
      for await (const key of getService(strapi, 'tops').keys()) yield exportOne(key, limit);
    },
  };
};

export default exportService;
