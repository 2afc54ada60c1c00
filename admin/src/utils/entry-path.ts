import type { AdminItem, Usage } from '../../../plugin/contracts/admin';

type Place = Pick<AdminItem | Usage, 'type' | 'documentId' | 'locale' | 'single' | 'hidden'>;

/** Where the content manager edits an entry; undefined for files and for entries that it does not show, which have no page there. */
export function entryPath({ type, documentId, locale, single, hidden }: Place): string | undefined {
  if (hidden || !type.includes('::') || type.startsWith('plugin::upload')) return undefined;
  const entry = single ? `single-types/${type}` : `collection-types/${type}/${documentId}`;
  return `/content-manager/${entry}${locale ? `?plugins[i18n][locale]=${encodeURIComponent(locale)}` : ''}`;
}
