import type { FileId } from './ports';

/** A picture that was found, and the asked picture that it is nearest to. */
export interface PictureMatch {
  fileId: FileId;
  similarity: number;
  queryFileId: FileId;
}

export interface Ranked<Item> {
  item: Item;
  /** The best pair of pictures: its similarity is the item's. */
  match: PictureMatch;
}

/**
 * Ranks items that have several pictures each: an item is as similar as its best picture.
 * @param matches best first, one per picture. Items without a match are left out.
 * @returns best first; ties keep the order of `matches`, then of `items`.
 */
export function rankItems<Item>(
  items: readonly Item[],
  picturesOf: (item: Item) => readonly FileId[],
  matches: readonly PictureMatch[],
): Ranked<Item>[] {
  const places = new Map(matches.map((match, place) => [match.fileId, place]));
  return items
    .map((item) => ({ item, place: Math.min(...picturesOf(item).map((id) => places.get(id) ?? Infinity)) }))
    .filter(({ place }) => place !== Infinity)
    .sort((a, b) => a.place - b.place)
    .map(({ item, place }) => ({ item, match: matches[place] }));
}
