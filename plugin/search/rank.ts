import type { FileId } from '../ports';
import type { Neighbour } from './neighbours';

export interface Ranked<Item> {
  item: Item;
  /** What the order comes from: the larger, the further to the front. */
  rank: number;
  /** The best pair of pictures. */
  match: Neighbour;
}

/**
 * Ranks items that have several pictures each: an item is as similar as its best picture.
 * @param matches best first, one per picture. Items without a match are left out.
 * @returns best first; ties keep the order of `matches`, then of `items`.
 */
export function rankItems<Item>(
  items: readonly Item[],
  picturesOf: (item: Item) => readonly FileId[],
  matches: readonly Neighbour[],
): Ranked<Item>[] {
  const places = new Map(matches.map((match, place) => [match.fileId, place]));
  const placed: Array<{ item: Item; place: number }> = [];
  for (const item of items) {
    let place = Infinity;
    for (const id of picturesOf(item)) place = Math.min(place, places.get(id) ?? Infinity);
    if (place !== Infinity) placed.push({ item, place });
  }
  return placed
    .sort((a, b) => a.place - b.place)
    .map(({ item, place }) => ({ item, rank: matches[place].rank, match: matches[place] }));
}

/**
 * Ranks again, by the mean over the query pictures of each one's best match in the item, so that an item which resembles all
 * of them comes before one that shares a single detail.
 * @param cosines of each query picture to the items' pictures.
 */
export function rankByMean<Item>(
  ranked: readonly Ranked<Item>[],
  picturesOf: (item: Item) => readonly FileId[],
  cosines: readonly ReadonlyMap<FileId, number>[],
): Ranked<Item>[] {
  const meanOf = (item: Item) => {
    const best = cosines.map((of) => Math.max(...picturesOf(item).map((id) => of.get(id) ?? -1)));
    return best.reduce((sum, value) => sum + value, 0) / best.length;
  };
  return byRank(ranked.map((entry) => ({ ...entry, rank: meanOf(entry.item) })));
}

/** Best first; equals keep their order. */
export function byRank<Item>(ranked: readonly Ranked<Item>[]): Ranked<Item>[] {
  return [...ranked].sort((a, b) => b.rank - a.rank);
}
