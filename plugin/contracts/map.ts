/** The map of the library, as the admin requests it. */

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
  /** From 0 to 1 while the map is being laid out, on whichever node; absent when it is not. */
  computing?: number;
  /** Until it is laid out; absent while it is not known. */
  secondsLeft?: number;
  /** A layout is due, but was cancelled: `POST /similar/map/recompute` starts it. */
  cancelled?: true;
  /** Why the map could not be laid out the last time. */
  problem?: string;
}

/** `POST /similar/map/cancel` */
export interface MapCancelResponse {
  /** Whether a layout was ended: it may have finished, or been cancelled by somebody else. */
  cancelled: boolean;
}

/** What pictures on the map may be told apart by. */
export const MAP_GROUPINGS = ['type', 'folder', 'duplicates'] as const;
export type MapGrouping = (typeof MAP_GROUPINGS)[number];

export interface MapGroup {
  /**
   * By type: the uid of a content type, or `several` where entries of more than one type use the picture. By folder: its id. By duplicates:
   * a `MatchVerdict`. Everywhere `other`, for what is in groups too small to be told apart, and `none`, for what is in no group.
   */
  value: string;
  /** What people call it; absent where `value` says everything. */
  label?: string;
  /** Of pictures. */
  count: number;
}

/** `GET /similar/map/groups?by=`; with `ETag` and 304. */
export interface MapGroupsResponse {
  /** The largest first, then `other` and `none`. */
  groups: MapGroup[];
  /** Of all pictures on the map, as in `PackedSpots`. */
  gaps: number[];
  /** Base64 of a byte for each: the index of its group. */
  places: string;
}
