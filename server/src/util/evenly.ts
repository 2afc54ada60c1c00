/** So many of these, evenly among them: of two or more, the first and the last are there. */
export function evenly<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  const step = most > 1 ? (items.length - 1) / (most - 1) : 0;
  return Array.from({ length: most }, (_, at) => items[Math.round(at * step)]);
}
