/** mulberry32 (Tommy Ettinger, public domain): the same seed gives the same numbers from 0 to 1. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Picks this many different ones, the same for the same random numbers; all of them, if there are no more. */
export function pick<Item>(items: readonly Item[], count: number, random: () => number): Item[] {
  if (items.length <= count) return [...items];
  const chosen = new Set<Item>();
  while (chosen.size < count) chosen.add(items[Math.floor(random() * items.length)]);
  return [...chosen];
}
