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
  const remaining = items.map((entry) => ({ ...entry, nearest: 0 }));
  const chosen: Item[] = [];
  while (remaining.length > 0) {
    let best = 0;
    const worth = ({ rank, nearest }: (typeof remaining)[number]) => (1 - weight) * rank - weight * nearest;
    for (let at = 1; at < remaining.length; at++) if (worth(remaining[at]) > worth(remaining[best])) best = at;
    const [next] = remaining.splice(best, 1);
    chosen.push(next.item);
    for (const entry of remaining) {
      if (next.vector && entry.vector) entry.nearest = Math.max(entry.nearest, dot(next.vector, entry.vector));
    }
  }
  return chosen;
}
