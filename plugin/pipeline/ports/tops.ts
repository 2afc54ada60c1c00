import type { SimilarItem } from '../../contracts/similar';

/** Names the published entry, in one locale where the type has locales, or the file whose top results are meant. */
export interface TopKey {
  /** Uid of the content type, or `file`. */
  type: string;
  documentId: string;
  locale?: string;
}

export interface TopResult {
  documentId: string;
  source: SimilarItem['source'];
  similarity: number | null;
}

export interface Top extends TopKey {
  /** Best first. */
  results: TopResult[];
}

/** Something that may have changed the top results of entries. */
export interface Change {
  /** `file`, the uid of a content type, or `*`: nobody knows what. */
  type: string;
  /** Id of the file, documentId of the entry; empty for `*`. */
  target: string;
}

export interface NotedChange extends Change {
  id: number;
}

export interface UnsentTop extends Top {
  id: number;
  signature: string;
  /** How often it could not be sent. */
  attempts: number;
}

/** The last known top results of entries, what may have changed them, and what of it has not been told yet. Survives restarts. */
export interface Tops {
  note(changes: readonly Change[]): Promise<void>;
  /** With id > afterId, ascending. */
  noted(afterId: number, limit: number): Promise<NotedChange[]>;
  settle(ids: readonly number[]): Promise<void>;
  /** Entries whose top results hang on any of these documentIds or pictures (`refOf`). */
  hangingOn(refs: readonly string[]): Promise<TopKey[]>;
  /**
   * Keeps what is known now; of several nodes that see the same change, one is to send it.
   * @param refs documentIds and pictures that the results hang on.
   * @param news `all`: whatever is different is to be sent; `known`: an entry that was not known before is not; `none`: nothing is.
   */
  put(top: Top, refs: readonly string[], news: 'all' | 'known' | 'none'): Promise<void>;
  drop(key: TopKey): Promise<void>;
  /** Leases what is to be sent, what waited longest first. */
  claim(limit: number, leaseMs: number): Promise<UnsentTop[]>;
  sent(tops: readonly UnsentTop[]): Promise<void>;
  /** Gives them back, to be claimed again from `notBefore` (milliseconds since 1970) on. */
  failed(tops: readonly UnsentTop[], notBefore: number): Promise<void>;
}

/** How `hangingOn` and `put` name a picture of the media library. */
export const refOf = (fileId: number | string) => `#${fileId}`;
