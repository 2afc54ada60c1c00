import type { FileId } from '../ports';
import type { Neighbour } from './neighbours';
import { type Weights, weighed } from './weights';

export interface Ranked<Item> {
  item: Item;
  /** What the order comes from: the larger, the further to the front. */
  rank: number;
  /** The best pair of pictures. */
  match: Neighbour;
}

type WeightsOf<Item> = (item: Item) => Weights | undefined;

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
 * As `rankItems`, where the pictures of an item count differently: it ranks as its best picture does after weighing.
 * @param matches of all pictures of the items: one that is missing might be the best.
 */
export function rankWeighted<Item>(
  items: readonly Item[],
  picturesOf: (item: Item) => readonly FileId[],
  weightsOf: WeightsOf<Item>,
  matches: readonly Neighbour[],
): Ranked<Item>[] {
  const places = new Map(matches.map((match, place) => [match.fileId, place]));
  const ranked: Array<Ranked<Item> & { place: number }> = [];
  for (const item of items) {
    let best: (Ranked<Item> & { place: number }) | undefined;
    for (const id of picturesOf(item)) {
      const place = places.get(id);
      if (place === undefined) continue;
      const rank = weighed(matches[place].rank, weightsOf(item)?.get(id));
      if (!best || rank > best.rank || (rank === best.rank && place < best.place)) {
        best = { item, rank, match: matches[place], place };
      }
    }
    if (best) ranked.push(best);
  }
  return ranked
    .sort((a, b) => b.rank - a.rank || a.place - b.place)
    .map(({ item, rank, match }) => ({ item, rank, match }));
}

/**
 * Ranks again, by the mean over the query pictures of each one's best match in the item, so that an item which resembles all
 * of them comes before one that shares a single detail.
 * @param cosines of each query picture to the items' pictures.
 * @param queries with the weights of the query pictures, by which the mean is weighted.
 */
export function rankByMean<Item>(
  ranked: readonly Ranked<Item>[],
  picturesOf: (item: Item) => readonly FileId[],
  cosines: readonly ReadonlyMap<FileId, number>[],
  queries: ReadonlyArray<{ weight?: number }> = [],
  weightsOf: WeightsOf<Item> = () => undefined,
): Ranked<Item>[] {
  const shares = cosines.map((_, at) => queries[at]?.weight ?? 1);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const meanOf = (item: Item) => {
    const best = cosines.map((of) =>
      Math.max(...picturesOf(item).map((id) => weighed(of.get(id) ?? -1, weightsOf(item)?.get(id)))),
    );
    return best.reduce((sum, value, at) => sum + shares[at] * value, 0) / whole;
  };
  return byRank(ranked.map((entry) => ({ ...entry, rank: meanOf(entry.item) })));
}

/** Best first; equals keep their order. */
export function byRank<Item>(ranked: readonly Ranked<Item>[]): Ranked<Item>[] {
  return [...ranked].sort((a, b) => b.rank - a.rank);
}
