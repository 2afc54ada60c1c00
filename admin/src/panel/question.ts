import type { ItemsRequest, PictureTypeInfo } from '../../../plugin/contracts/admin';

export const PAGE = 6;
/** The server lists no more beside an entry. */
export const MOST = 100;

/** The panel's query, except for the pictures. A URL without a locale means the default one. */
export function questionOf(
  { uid, locales }: PictureTypeInfo,
  documentId: string | undefined,
  locale: string | undefined,
  limit = PAGE,
): Omit<ItemsRequest, 'pictures'> {
  const [first] = locales;
  return { type: uid, documentId, locale: first && (locale ?? first.code), limit };
}
