import { useMemo, useState } from 'react';
import { MAX_EXAMPLES } from '../../../plugin/contracts/examples';
import type { Address } from '../hooks/use-address';
import type { Points } from './points';

export interface Chosen {
  /** File ids; the first one is what the others are like. */
  ids: number[];
  set: ReadonlySet<number>;
  /** No more can be asked about together. */
  full: boolean;
  /** How many the line went around, where those are more than can be asked about together. */
  caught?: number;
  toggle(id: number): void;
  /** @param ids from the middle outwards. */
  take(ids: number[]): void;
  clear(): void;
}

/** The pictures that are selected on the map; they are in the address, so that the way back from what is like them leads to them. */
export function useChosen(address: Address, points: Points | undefined): Chosen {
  const [caught, setCaught] = useState<number>();
  const kept = address.get('chosen');
  const ids = useMemo(() => {
    const known = new Set(points?.ids);
    const read = new Set(kept?.split(',').map(Number));
    return [...read].filter((id) => known.has(id)).slice(0, MAX_EXAMPLES);
  }, [kept, points]);
  const set = useMemo(() => new Set(ids), [ids]);

  function choose(next: number[]): void {
    setCaught(next.length > MAX_EXAMPLES ? next.length : undefined);
    address.set({ chosen: next.slice(0, MAX_EXAMPLES).join(',') || undefined }, true);
  }

  return {
    ids,
    set,
    full: ids.length >= MAX_EXAMPLES,
    ...(caught !== undefined && { caught }),
    toggle(id) {
      if (set.has(id)) choose(ids.filter((other) => other !== id));
      else if (ids.length < MAX_EXAMPLES) choose([...ids, id]);
    },
    take: choose,
    clear: () => choose([]),
  };
}
