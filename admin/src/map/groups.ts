import type { MapGroupsResponse } from '../../../plugin/contracts/map';
import { idsOf, type Points } from './points';

/** Which group each point is in, and the colours of the groups. */
export interface Colouring {
  /** Of each point the index of its group; larger than any where it is not known yet. */
  groupAt: Uint8Array;
  colours: string[];
}

const UNKNOWN = 255;

/** File id → index of its group. */
export function unpackGroups({ gaps, places }: MapGroupsResponse): Map<number, number> {
  const bytes = atob(places);
  return new Map(idsOf(gaps).map((id, at) => [id, bytes.charCodeAt(at)]));
}

/** The map may have changed in the meantime. */
export const groupsAt = ({ ids }: Points, groups: ReadonlyMap<number, number>): Uint8Array =>
  Uint8Array.from(ids, (id) => groups.get(id) ?? UNKNOWN);
