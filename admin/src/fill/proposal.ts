import type { AdminItem, ItemsResponse, LikenessLevels, PictureTypeInfo } from '../../../plugin/contracts/admin';

/** A row of the content manager's list. */
export type SelectedEntry = { documentId: string; locale?: string | null } & Record<string, unknown>;

/** A type with a relation that similar items can be added to. */
export type FillableType = PictureTypeInfo & { relate: string };

/** What is known of an entry before something is added. */
export interface Candidates {
  /** documentIds of the relation's entries. */
  related: string[];
  /** Best first, as the side panel shows them; without those of `related`. */
  similar: AdminItem[];
  status: ItemsResponse['status'];
  levels: LikenessLevels;
}

/** Strapi's own limit of a page of relations; and more are never compared. */
export const MOST = 100;

/** Pinned items count as alike; what only fills a list that would be short does not. */
export const isAlike = ({ source, similarity }: AdminItem, least: number): boolean =>
  source === 'pinned' || (source === 'visual' && (similarity ?? 0) >= least);

/**
 * What is added to an entry, so that its relation has `count` items in the end.
 * @param least smallest cosine.
 * @param without documentIds that somebody has struck off: the next best do not move up.
 */
export function proposalOf(
  { related, similar }: Pick<Candidates, 'related' | 'similar'>,
  { count, least, without }: { count: number; least: number; without: readonly string[] },
): AdminItem[] {
  return similar
    .filter((item) => isAlike(item, least))
    .slice(0, Math.max(0, count - related.length))
    .filter(({ documentId }) => !without.includes(documentId));
}
