import { dot } from '../vectors/cosine';

export interface Diverse<Item> {
  item: Item;
  /** Similarity to the query, or what else the items are ranked by. */
  rank: number;
  /** Unit length; an item without one is alike to none. */
  vector?: Float32Array;
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): each next item is the one with the largest
 * (1 − weight) × rank − weight × (similarity to the most similar item before it).
 * @param weight 0: the order stays; 1: only difference counts.
 */
export function diversify<Item>(items: readonly Diverse<Item>[], weight: number): Item[] {
  const left = items.map((entry) => ({ ...entry, nearest: 0 }));
  const chosen: Item[] = [];
  while (left.length > 0) {
    let best = 0;
    const worth = ({ rank, nearest }: (typeof left)[number]) => (1 - weight) * rank - weight * nearest;
    for (let at = 1; at < left.length; at++) if (worth(left[at]) > worth(left[best])) best = at;
    const [next] = left.splice(best, 1);
    chosen.push(next.item);
    for (const entry of left) {
      if (next.vector && entry.vector) entry.nearest = Math.max(entry.nearest, dot(next.vector, entry.vector));
    }
  }
  return chosen;
}
