interface Pinned {
  target: string;
  place: number;
}

/** The list with one of its items elsewhere; one that is not in it comes in. @param to from 0 */
export function placed(order: readonly string[], target: string, to: number): string[] {
  const others = order.filter((one) => one !== target);
  return [...others.slice(0, to), target, ...others.slice(to)];
}

/**
 * The pins that have to be set so that a list is shown in this order, with `target` pinned: those that are at another place than now.
 * Two pins of one place would be shown in the order in which they were made.
 */
export function pinsFor(order: readonly string[], pins: readonly Pinned[], target: string): Pinned[] {
  const places = new Map([[target, 0], ...pins.map((pin): [string, number] => [pin.target, pin.place])]);
  return order.flatMap((one, at) => {
    const place = places.get(one);
    return place === undefined || place === at + 1 ? [] : [{ target: one, place: at + 1 }];
  });
}
