import type { MapGroup, MapGroupsResponse } from '../contracts/map';
import type { FileId } from '../ports';
import { slices } from './slices';

/** More colours cannot be told apart; what is left over gets one of its own, and so does what is in no group. */
export const MOST_GROUPS = 6;

/** What pictures are told apart by. */
export interface Grouping {
  /** Those that are missing are in no group. */
  groupOf: ReadonlyMap<FileId, string>;
  /** By value. */
  labels?: ReadonlyMap<string, string>;
}

/** As the admin gets it: about 4 bytes for each picture. */
export async function packGroups(fileIds: Iterable<FileId>, { groupOf, labels }: Grouping): Promise<MapGroupsResponse> {
  const ids = [...Float64Array.from(fileIds).sort()];
  const counts = new Map<string, number>();
  for await (const slice of slices(ids)) {
    for (const id of slice) {
      const value = groupOf.get(id) ?? 'none';
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  const none = counts.get('none') ?? 0;
  counts.delete('none');
  const bySize = [...counts].sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1));
  const groups: MapGroup[] = bySize.slice(0, MOST_GROUPS).map(([value, count]) => {
    const label = labels?.get(value);
    return { value, ...(label !== undefined && { label }), count };
  });
  const rest = bySize.slice(MOST_GROUPS).reduce((sum, [, count]) => sum + count, 0);
  if (rest > 0) groups.push({ value: 'other', count: rest });
  if (none > 0) groups.push({ value: 'none', count: none });
  const indexOf = new Map(groups.map(({ value }, index) => [value, index]));
  const bytes = Buffer.alloc(ids.length);
  const gaps: number[] = [];
  let last = 0;
  for await (const slice of slices(ids)) {
    for (const id of slice) {
      bytes[gaps.length] = indexOf.get(groupOf.get(id) ?? 'none') ?? (indexOf.get('other') as number);
      gaps.push(id - last);
      last = id;
    }
  }
  return { groups, gaps, places: bytes.toString('base64') };
}
