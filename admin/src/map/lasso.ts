import { type Detail, middleOf } from './detail';
import type { Points } from './points';

/** On the map, from 0 to 1. */
export interface Place {
  x: number;
  y: number;
}

/** Crossings with a ray to the right: what a line goes around twice is outside, as where one draws an eight. */
export function isInside(line: readonly Place[], { x, y }: Place): boolean {
  let inside = false;
  for (let at = 0, before = line.length - 1; at < line.length; before = at++) {
    const [a, b] = [line[at], line[before]];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/**
 * Pictures count where they are seen: in the middle of their cell, or as dots.
 * @param line is closed by itself.
 * @returns file ids, from the middle of the line's box outwards.
 */
export function caughtBy(line: readonly Place[], { ids, x, y }: Points, { cell, shown }: Detail): number[] {
  const [xs, ys] = [line.map((place) => place.x), line.map((place) => place.y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const seenAt = new Map([...shown].map(([key, at]) => [at, middleOf(cell, key)]));
  const found: Array<{ id: number; far: number }> = [];
  for (let at = 0; at < ids.length; at++) {
    const place = seenAt.get(at) ?? { x: x[at], y: y[at] };
    if (place.x < left || place.x > right || place.y < top || place.y > bottom || !isInside(line, place)) continue;
    found.push({ id: ids[at], far: Math.hypot(place.x - (left + right) / 2, place.y - (top + bottom) / 2) });
  }
  return found.sort((a, b) => a.far - b.far || a.id - b.id).map(({ id }) => id);
}
