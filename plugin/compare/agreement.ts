import { setImmediate as breathe } from 'node:timers/promises';
import { type Agreement, COMPARED } from '../contracts/comparison';
import type { FileId } from '../ports';
import type { SampleRanking, Side } from './sample-ranking';

/** Something that editors decided, as the pictures that it is about. */
export interface Judgement {
  kind: keyof Agreement;
  /** Of the item beside which something is shown. */
  asked: readonly FileId[];
  /** Of what is shown beside it. */
  shown: readonly FileId[];
}

const SIDES = ['live', 'other'] as const;

export const noAgreement = (): Agreement => ({
  pins: { of: 0, live: 0, other: 0 },
  hides: { of: 0, live: 0, other: 0 },
  same: { of: 0, live: 0, other: 0 },
  different: { of: 0, live: 0, other: 0 },
});

/** How many decisions each model agrees with, of those that have pictures on both ends in the sample. */
export async function agreementOf(judgements: readonly Judgement[], ranking: SampleRanking): Promise<Agreement> {
  const count = noAgreement();
  const known = new Map<string, Record<Side, ReadonlySet<FileId>>>();

  async function firstsOf(asked: readonly FileId[]): Promise<Record<Side, ReadonlySet<FileId>>> {
    const key = asked.join();
    let firsts = known.get(key);
    if (!firsts) {
      const [live, other] = SIDES.map((side) => ranking.nearest(side, asked, COMPARED).map(({ fileId }) => fileId));
      firsts = { live: new Set(live), other: new Set(other) };
      known.set(key, firsts);
      await breathe();
    }
    return firsts;
  }

  for (const { kind, ...ends } of judgements) {
    const asked = ends.asked.filter((id) => ranking.has(id));
    const shown = ends.shown.filter((id) => ranking.has(id) && !asked.includes(id));
    if (asked.length === 0 || shown.length === 0) continue;
    const ways = [{ firsts: await firstsOf(asked), wanted: shown }];
    // A verdict is on two pictures, and neither is the one that is asked about.
    if (kind === 'same' || kind === 'different') ways.push({ firsts: await firstsOf(shown), wanted: asked });
    count[kind].of++;
    for (const side of SIDES) {
      const isAmong = ways.some(({ firsts, wanted }) => wanted.some((id) => firsts[side].has(id)));
      if (isAmong !== (kind === 'different')) count[kind][side]++;
    }
  }
  return count;
}
