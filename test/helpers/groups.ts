import type { Groups } from '../../plugin/search/groups';

/** Pictures of each group, ascending, the groups by their first one. */
export function shownGroups(groups: Groups): number[][] {
  const all = Array.from({ length: groups.count }, (_, at) => [...groups.at(at).pictures].sort((a, b) => a - b));
  return all.sort(([a], [b]) => a - b);
}
