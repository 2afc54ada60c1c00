import type { MapHold } from '../map/hold';
import type { Records, SpaceId } from '../ports';
import { agree } from './agree';

interface Held {
  space: SpaceId;
  turn: number;
  held: boolean;
}

const RECORD = 'map';

/** Of the map of one space, in the records that nodes share. That of another space was about another map. */
export function createMapHold(records: Records, space: SpaceId): MapHold {
  const own = (now: Held | undefined): Held => (now?.space === space ? now : { space, turn: 0, held: false });
  async function hold(held: boolean): Promise<void> {
    await agree<Held>(records, RECORD, (now) => (own(now).held === held ? undefined : { ...own(now), held }));
  }
  return {
    read: async () => own((await records.read<Held>(RECORD))?.value),
    async cancel() {
      await agree<Held>(records, RECORD, (now) => ({ ...own(now), turn: own(now).turn + 1 }));
    },
    keep: () => hold(true),
    release: () => hold(false),
  };
}
