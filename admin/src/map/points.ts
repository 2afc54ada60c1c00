import type { PackedSpots } from '../../../plugin/contracts/map';

/** Pictures on the map: column by column, so that ten thousand of them are looked through in each frame. */
export interface Points {
  /** Of files, ascending. */
  ids: number[];
  /** From 0 to 1, to the right. */
  x: Float32Array;
  /** From 0 to 1, down. */
  y: Float32Array;
}

const FULL = 65_535;

export function idsOf(gaps: readonly number[]): number[] {
  let id = 0;
  return gaps.map((gap) => {
    id += gap;
    return id;
  });
}

export function unpackPoints({ gaps, places }: PackedSpots): Points {
  const text = atob(places);
  const number = (at: number) => text.charCodeAt(at) + 256 * text.charCodeAt(at + 1);
  const ids = idsOf(gaps);
  return {
    ids,
    x: Float32Array.from(ids, (_, at) => number(4 * at) / FULL),
    y: Float32Array.from(ids, (_, at) => number(4 * at + 2) / FULL),
  };
}
