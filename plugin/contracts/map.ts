/** The map of the library, as the admin requests it. Types only. */

export interface PackedSpots {
  /** From one file id to the next larger one; the first from 0. */
  gaps: number[];
  /** Base64 of x and y of each, uint16, little-endian: a square of 65,536 steps, x to the right and y down. */
  places: string;
}

/** `GET /similar/map`; with `ETag` and 304. */
export interface MapResponse extends PackedSpots {
  space: string;
  /** Pictures with a vector, once it is known. */
  total?: number;
  /** From 0 to 1 while the map is being laid out; absent when it is not. */
  computing?: number;
  /** Why the map could not be laid out the last time. */
  problem?: string;
}
