import { randomUUID } from 'node:crypto';
import type { LayoutProgress, SharedLayout } from '../map/shared-layout';
import type { Records, SpaceId } from '../ports';
import { agree, leaseHolds } from './agree';

interface Running extends LayoutProgress {
  /** The node that is at it. */
  by: string;
  /** A node that has not said anything until then has ended. */
  until: number;
  /** It is too late to cancel it. */
  isKept: boolean;
}

interface Shared {
  space: SpaceId;
  turn: number;
  held: boolean;
  running?: Running;
}

const RECORD = 'map';

/** The clocks of two nodes may differ by less than that. */
const LEASE_MS = 30_000;

/** Of the map of one space, in the records that nodes share. That of another space was about another map. */
export function createSharedLayout(records: Records, space: SpaceId): SharedLayout {
  const by = randomUUID();
  const own = (now: Shared | undefined, turn = 0): Shared =>
    now?.space === space ? now : { space, turn, held: false };
  const change = (to: (now: Shared | undefined) => Shared | undefined) => agree<Shared>(records, RECORD, to);

  function elsewhere({ running }: Shared): Running | undefined {
    return running && running.by !== by && leaseHolds(running.until, LEASE_MS) ? running : undefined;
  }

  async function hold(held: boolean): Promise<void> {
    await change((now) => (own(now).held === held ? undefined : { ...own(now), held }));
  }

  return {
    async read() {
      const now = own((await records.read<Shared>(RECORD))?.value);
      const { turn, held } = now;
      const running = elsewhere(now);
      if (!running) return { turn, held };
      const { share, secondsLeft } = running;
      return { turn, held, elsewhere: { share, secondsLeft } };
    },

    async report(turn, progress, isKept = false) {
      const running = { ...progress, by, until: Date.now() + LEASE_MS, isKept };
      const said = await change((now) => (own(now, turn).turn === turn ? { ...own(now, turn), running } : undefined));
      return own(said, turn).turn === turn;
    },

    async end() {
      await change((now) => (own(now).running?.by === by ? { ...own(now), running: undefined } : undefined));
    },

    async cancel() {
      let isInTime = false;
      await change((now) => {
        const { running, ...rest } = own(now);
        const other = elsewhere(own(now));
        isInTime = other !== undefined && !other.isKept;
        return { ...rest, turn: rest.turn + 1, ...(!isInTime && { running }) };
      });
      return isInTime;
    },

    keep: () => hold(true),
    release: () => hold(false),
  };
}
