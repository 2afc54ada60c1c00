import type { SimilarConfig } from '../../../plugin/contracts/config';

/** Lifts items by a number that they carry, e.g. what sells well or is in stock. */
export interface Boost {
  /** Read with each item. */
  fields: string[];
  /** What is added to an item's rank. */
  of(item: Record<string, unknown>): number;
  /** The largest that `of` returns. */
  most: number;
}

export const NO_BOOST: Boost = { fields: [], of: () => 0, most: 0 };

type BoostConfig = SimilarConfig['ranking']['boost'][string];

/** weight × value / (value + halfAt): 0 at 0, half the weight at `halfAt`, and never more than the weight. */
export function boostOf(config: BoostConfig | undefined): Boost | undefined {
  if (!config) return undefined;
  const { field, weight, halfAt } = config;
  return {
    fields: [field],
    of(item) {
      const value = Math.max(0, Number(item[field]) || 0);
      return (weight * value) / (value + halfAt);
    },
    most: weight,
  };
}
