import { useMemo } from 'react';
import { useTheme } from 'styled-components';
import { MAP_GROUPINGS, type MapGroup, type MapGrouping } from '../../../plugin/contracts/map';
import type { Address } from '../hooks/use-address';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { type TextId, useText } from '../hooks/use-text';
import { type Colouring, groupsAt, unpackGroups } from './groups';
import { coloursOf, paletteOn } from './palette';
import type { Points } from './points';

export interface NamedGroup extends MapGroup {
  name: string;
  colour: string;
}

/** Those that the server does not name. */
const NAMES: Record<MapGrouping, Record<string, TextId>> = {
  type: { several: 'map.type.several', other: 'map.type.other', none: 'map.type.none' },
  folder: { other: 'map.folder.other', none: 'map.folder.none' },
  duplicates: {
    identical: 'map.duplicates.identical',
    'same-photo': 'map.duplicates.samePhoto',
    similar: 'map.duplicates.similar',
    none: 'map.duplicates.none',
  },
};

export interface Groups {
  by: MapGrouping | undefined;
  setBy(by: MapGrouping | undefined): void;
  /** Absent where nothing is coloured, or it is not known yet. */
  shown?: { groups: NamedGroup[]; colouring: Colouring; nameOf(id: number): string | undefined };
  error?: Error;
}

/** What the map is coloured by, and what its colours mean; the choice is in the address. */
export function useGroups(address: Address, points: Points | undefined): Groups {
  const text = useText();
  const api = useApi();
  const { colors } = useTheme();
  const by = MAP_GROUPINGS.find((one) => one === address.get('by'));
  // Pictures that have come are in a group, too.
  const key = by && points && `${by} ${points.ids.length} ${points.ids[points.ids.length - 1]}`;
  const { data, error } = useRemote(
    key,
    async (signal) => ({ by, ...(await api.mapGroups(by as MapGrouping, signal)) }),
    { subject: by },
  );
  // While another one is on its way, the data is that of the one before.
  const known = data?.by === by ? data : undefined;
  const groupOf = useMemo(() => known && unpackGroups(known), [known]);
  const colours = useMemo(
    () => coloursOf(known?.groups.map(({ value }) => value) ?? [], paletteOn(colors.neutral0)),
    [known, colors],
  );
  const colouring = useMemo(
    () => points && groupOf && { groupAt: groupsAt(points, groupOf), colours },
    [points, groupOf, colours],
  );

  function named(group: MapGroup, at: number): NamedGroup {
    const own = by && NAMES[by][group.value];
    return { ...group, name: group.label ?? (own ? text(own) : group.value), colour: colours[at] };
  }
  const groups = known?.groups.map(named);
  const shown = groups &&
    colouring && { groups, colouring, nameOf: (id: number) => groups[groupOf?.get(id) ?? -1]?.name };

  return { by, setBy: (next) => address.set({ by: next }), ...(shown && { shown }), ...(error && { error }) };
}
