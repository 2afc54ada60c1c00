import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, SimilarError } from '../../../plugin/errors';
import type { TopKey } from '../../../plugin/ports';
import { rounded } from '../util/rounded';
import type { TopResults } from '../webhook/tops';

export interface ExportedEntry {
  type: string;
  documentId: string;
  locale?: string;
  similar: Array<{ documentId: string; source: string; similarity: number | null; score: number | null }>;
}

/** It answers later. */
const BUSY = new Set<ErrorCode>(['INDEX_UNAVAILABLE', 'INDEX_BUSY']);

/** Longest wait for the index after the start. */
const PATIENCE_MS = 60_000;

export interface ExportDeps {
  topResults: Pick<TopResults, 'of' | 'keys'>;
  searchable: () => Promise<void>;
}

/** The look-alikes of all published entries, for sites that are built ahead. */
export function createExport({ topResults, searchable }: ExportDeps) {
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(500)) {
      try {
        return await work();
      } catch (error) {
        const waits = error instanceof SimilarError && BUSY.has(error.code) && Date.now() < end;
        if (!waits) throw error;
      }
    }
  }

  /** @returns undefined for an entry that somebody has unpublished or deleted since it was listed. */
  async function exportOne(key: TopKey, limit: number): Promise<ExportedEntry | undefined> {
    const results = await patiently(() => topResults.of(key, limit)).catch((error) => {
      if (error instanceof SimilarError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    });
    if (!results) return undefined;
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
      await searchable();
      for await (const key of topResults.keys()) {
        const entry = await exportOne(key, limit);
        if (entry) yield entry;
      }
    },
  };
}

export type Export = ReturnType<typeof createExport>;
