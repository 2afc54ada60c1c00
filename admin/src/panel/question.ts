import type { ItemsRequest, PictureTypeInfo } from '../../../plugin/contracts/admin';

export const PAGE = 6;

/** What the panel asks, but for the pictures. An address without a locale means the default one. */
export function questionOf(
  { uid, locales }: PictureTypeInfo,
  documentId: string | undefined,
  locale: string | undefined,
  limit = PAGE,
): Omit<ItemsRequest, 'pictures'> {
  const [first] = locales;
  return { type: uid, documentId, locale: first && (locale ?? first.code), limit };
}
