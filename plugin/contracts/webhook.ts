import type { SimilarItem } from './similar';

/** The name of the event, in the body and in the header X-Strapi-Event. */
export const SIMILAR_CHANGED = 'similar.changed';

/** Body of the call when top results of entries have changed. */
export interface SimilarChanged {
  event: typeof SIMILAR_CHANGED;
  /** When it was sent, ISO 8601. */
  createdAt: string;
  /** Uid of the content type that the entries are of, or `file`. */
  model: string;
  entries: SimilarChangedEntry[];
  /** Sent by hand from the settings page: nothing has changed, and `entries` is empty. */
  test?: true;
}

/** An entry, or a file. */
export interface SimilarChangedEntry {
  documentId: string;
  /** Where the content type has locales. */
  locale?: string;
  /** What is shown for the entry now, best first; fallbacks are left out. */
  results: Array<{
    type: string;
    documentId: string;
    similarity: number | null;
    source: SimilarItem['source'];
  }>;
}

/** `POST /similar/webhook/test`: what came of a call that was sent by hand. */
export interface WebhookTest {
  /** The receiver accepted it, with a status of 2xx. */
  delivered: boolean;
  /** What the receiver answered; absent when it did not. */
  status?: number;
  /** Why there was no answer. */
  reason?: string;
}
