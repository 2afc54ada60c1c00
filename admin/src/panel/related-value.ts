import { generateKeyBetween } from 'fractional-indexing';
import type { RelatedEntry } from '../../../plugin/contracts/proposals';

/** As Strapi's relation field keeps what is chosen and not saved yet. */
export interface Connected {
  id: number;
  __temp_key__: string;
}

/** The field sorts by these keys. It gives a0, a1, … to what is stored, in an order that it does not tell others; this is after them. */
const AFTER_STORED = 'b00';

/** What a relation of the form would have to connect, with one more entry at its end. */
export function withConnected(
  connected: readonly Connected[],
  { id, documentId, locale, label, published }: RelatedEntry,
): Connected[] {
  const last = [AFTER_STORED, ...connected.map(({ __temp_key__ }) => __temp_key__)].sort(byCode).at(-1) as string;
  const added = {
    id: id as number,
    documentId,
    label,
    locale,
    // Of types without drafts there is none to tell.
    ...(published !== undefined && { status: published ? 'published' : 'draft' }),
    apiData: { id, documentId, locale, isTemporary: true },
    __temp_key__: generateKeyBetween(last, null),
  };
  return [...connected, added];
}

/** Not `localeCompare`: the keys' order is that of their characters' codes. */
const byCode = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
