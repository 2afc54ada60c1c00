import type { AdminItem, Usage } from '../../../plugin/contracts/admin';

/** Where the content manager edits an entry; undefined for files, which have no page of their own. */
export function entryPath({ type, documentId }: Pick<AdminItem | Usage, 'type' | 'documentId'>): string | undefined {
  return type.includes('::') && !type.startsWith('plugin::upload')
    ? `/content-manager/collection-types/${type}/${documentId}`
    : undefined;
}
