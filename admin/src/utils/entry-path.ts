import type { AdminItem, Usage } from '../../../plugin/contracts/admin';

type Place = Pick<AdminItem | Usage, 'type' | 'documentId' | 'locale' | 'single'>;

/** Where the content manager edits an entry; undefined for files, which have no page of their own. */
export function entryPath({ type, documentId, locale, single }: Place): string | undefined {
  if (!type.includes('::') || type.startsWith('plugin::upload')) return undefined;
  const entry = single ? `single-types/${type}` : `collection-types/${type}/${documentId}`;
  return `/content-manager/${entry}${locale ? `?plugins[i18n][locale]=${encodeURIComponent(locale)}` : ''}`;
}
