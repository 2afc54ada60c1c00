import type { Points } from './points';

/** What is shown as a picture at one level of zoom; everything else is a dot. */
export interface Detail {
  /** Side of a cell on the map. No two pictures are in one cell, so they never cover each other. */
  cell: number;
  /** Cell → index of the one that stands for those in it. */
  shown: Map<number, number>;
}

/** Side of a picture in pixels when the whole map is seen, and how it grows from level to level. */
const SMALLEST = 44;
const GROWTH = 1.065;
/** More cells in a row than any level has. */
const ROW = 65_536;

/** Half an octave each: the choice of pictures stays the same while the zoom changes a little, and while the map is moved. */
export const levelOf = (zoom: number): number => Math.round(2 * Math.log2(zoom));

export const cellAt = (cell: number, x: number, y: number): number => Math.floor(y / cell) * ROW + Math.floor(x / cell);

/** The middle of a cell, on the map. */
export const middleOf = (cell: number, key: number): { x: number; y: number } => ({
  x: ((key % ROW) + 0.5) * cell,
  y: (Math.floor(key / ROW) + 0.5) * cell,
});

/** The one in front is shown at every level where two meet: what was seen from afar stays when one comes closer. */
const rank = (id: number): number => Math.imul(id, 2_654_435_761) >>> 0;

/** @param fit pixels of the whole map's side at zoom 1. */
export function detailOf({ ids, x, y }: Points, level: number, fit: number): Detail {
  const cell = (SMALLEST * GROWTH ** level) / (fit * 2 ** (level / 2));
  const shown = new Map<number, number>();
  for (let at = 0; at < ids.length; at++) {
    const key = cellAt(cell, x[at], y[at]);
    const held = shown.get(key);
    if (held === undefined || rank(ids[at]) < rank(ids[held])) shown.set(key, at);
  }
  return { cell, shown };
}

/** The index of the picture at a place of the map: the one of its cell, or else the nearest dot. @param reach on the map. */
export function hit({ x, y }: Points, { cell, shown }: Detail, place: { x: number; y: number }, reach: number) {
  if (place.x < 0 || place.y < 0) return undefined;
  const own = shown.get(cellAt(cell, place.x, place.y));
  if (own !== undefined) return own;
  let nearest: number | undefined;
  let least = reach;
  for (let at = 0; at < x.length; at++) {
    const far = Math.hypot(x[at] - place.x, y[at] - place.y);
    if (far <= least) [nearest, least] = [at, far];
  }
  return nearest;
}
